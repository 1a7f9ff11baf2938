"""The rights tables analysed as data, as a policy engine would: no gaps, nothing that contradicts consent."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from uuid import uuid4

import pytest
from casework.bases import NAMES, Asked, Basis, covered
from casework.purposes import DATA_CLASSES, PURPOSES
from chassis.testing import Stack

from ..conftest import SERVICES

SCOPES = {"none", "agency", "all"}

NOT_THE_HOLDERS = {
    "identification": {
        "acknowledge": "the body that the case was handed over to takes it (ID-7)",
        "recognise_formally": "a formal recognition is the formal authority's (ID-8)",
        "agree_to_ending": "the guardianship authority agrees for a child (ID-7)",
        "withdraw_agreement": "the guardianship authority takes its agreement back (ID-7)",
        "accept_holder": "whoever is asked to hold the case answers (ID-20)",
        "decline_holder": "whoever is asked to hold the case answers (ID-20)",
    },
}


def cells(name: str) -> Iterator[tuple[str, str, object]]:
    for action, roles in SERVICES[name].every_right.items():
        for role, cell in roles.items():
            yield action, role, cell


@pytest.mark.parametrize("name", SERVICES)
def test_a_cell_is_a_scope_or_names_its_bases(name: str) -> None:
    """No action on a case without a basis: an empty cell would be a mistake that nobody sees."""
    for action, role, cell in cells(name):
        if isinstance(cell, str):
            assert cell in SCOPES, (action, role)
        else:
            assert isinstance(cell, tuple), (action, role)
            assert cell, (action, role)
            assert all(isinstance(asked, Asked) and asked.name in NAMES for asked in cell), (action, role)


@pytest.mark.parametrize("name", SERVICES)
def test_a_purpose_or_class_in_a_cell_is_on_the_list(name: str) -> None:
    """ID-12: purposes and classes of data are closed lists; a misspelt one would open nothing to anybody."""
    for action, role, cell in cells(name):
        for asked in cell if isinstance(cell, tuple) else ():
            if asked.name == "consent":
                assert asked.about <= set(PURPOSES), (action, role)
                assert asked.data_class <= set(DATA_CLASSES), (action, role)


def test_no_act_on_a_case_without_a_holder() -> None:
    """Whoever holds the case can do everything in it that no other authority has to itself."""
    table = SERVICES["identification"].every_right
    of_cases = {action for action, roles in table.items() if any(isinstance(c, tuple) for c in roles.values())}
    by_holder = {action for action in of_cases if _gives(table[action].values(), [Basis("holder")])}
    assert of_cases - by_holder == set(NOT_THE_HOLDERS["identification"])


@pytest.mark.parametrize("name", SERVICES)
def test_rights_only_grow_with_consents(name: str) -> None:
    """ID-12: one consent more never takes a right away, one fewer never gives one."""
    consents = [Basis("consent", purpose, data_class, uuid4()) for purpose in PURPOSES for data_class in DATA_CLASSES]
    for action, roles in SERVICES[name].every_right.items():
        for one, other in combinations(consents, 2):
            alone = _gives(roles.values(), [one]) or _gives(roles.values(), [other])
            assert _gives(roles.values(), [one, other]) == alone, action


@pytest.mark.parametrize("name", SERVICES)
def test_every_role_of_a_table_can_be_had(name: str) -> None:
    """A role that nobody can have would make a right that nobody has."""
    people = {username.partition(".")[2].removesuffix("-2") for username in Stack.running().secrets["people"]}
    assert {role for _, role, _ in cells(name)} <= people | {"service", "agency-system"}


def _gives(of_roles: Iterable[object], held: list[Basis]) -> bool:
    return any(isinstance(cell, tuple) and covered(cell, held) for cell in of_roles)
