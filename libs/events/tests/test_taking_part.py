"""Who takes part from the start, and of which kind: rules ask for the kind alone."""

from typing import get_args

import pytest
from nrm_events import EVENTS
from nrm_events.base import Event
from nrm_events.exchange import AgencyJoined
from nrm_events.identification import ConsentGranted
from nrm_events.taking_part import (
    AGENCIES,
    GUARDIANSHIP_AUTHORITY,
    MIGRATION_SERVICE,
    SPECIAL_POLICE_BODY,
    AgencyKind,
    is_police,
)
from pydantic import TypeAdapter, ValidationError

KINDS = get_args(AgencyKind)
AGENCY = TypeAdapter(AgencyJoined.model_fields["agency"].rebuild_annotation())


def test_every_agency_has_a_code_a_name_and_a_kind_of_the_list() -> None:
    for code, agency in AGENCIES.items():
        AGENCY.validate_python(code)
        assert agency.name.strip()
        assert agency.kind in KINDS
    assert len({agency.name for agency in AGENCIES.values()}) == len(AGENCIES)


def test_every_kind_is_that_of_an_agency() -> None:
    assert {agency.kind for agency in AGENCIES.values()} == set(KINDS)


def test_the_named_bodies_are_of_their_kind() -> None:
    assert AGENCIES[SPECIAL_POLICE_BODY].kind == "police"
    assert AGENCIES[MIGRATION_SERVICE].kind == "migration"
    assert AGENCIES[GUARDIANSHIP_AUTHORITY].kind == "child_protection"


def test_police_are_the_bodies_of_the_ministry_of_internal_affairs_and_whatever_is_unknown() -> None:
    """ID-7."""
    police = {code for code, agency in AGENCIES.items() if is_police(agency.kind)}
    assert police == {code for code in AGENCIES if code.startswith("mia-")}
    assert is_police(None)
    assert [kind for kind in KINDS if is_police(kind)] == ["police"]


@pytest.mark.parametrize(("event", "field"), [(AgencyJoined, "kind"), (ConsentGranted, "recipient_kind")])
def test_a_kind_in_an_event_is_of_the_list_and_empty_in_old_ones(event: type[Event], field: str) -> None:
    kind = TypeAdapter(event.model_fields[field].rebuild_annotation())
    assert event.model_fields[field].default is None
    for known in (None, *KINDS):
        assert kind.validate_python(known) == known
    for unknown in ("Police", "", "army"):
        with pytest.raises(ValidationError):
            kind.validate_python(unknown)


@pytest.mark.parametrize("name", ["HolderChanged", "ReferralDutyMet"])
def test_the_new_events_are_in_the_catalogue(name: str) -> None:
    assert f"nrm.identification.{name}.v1" in EVENTS
