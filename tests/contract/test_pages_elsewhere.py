"""Links from one service's pages to another's lead to a page that is there, for the roles that open it."""

import re

import pytest
from exchange.pages import PAGES as EXCHANGE
from fund.pages import PAGES as FUND
from identification.pages import PAGES as IDENTIFICATION
from identification.rights import BEGINNINGS as OF_CASES
from notify.pages import PAGES as NOTIFY
from notify.pages.terms import SUBJECTS
from notify.rights import PARTS
from repatriation.pages import PAGES as REPATRIATION
from shelter.pages import PAGES as SHELTER
from staffui.elsewhere import BEGINNINGS, CASE, INBOX, PLACES, SEARCH, Place, page_of

from ..conftest import SERVICES

PAGES = {
    "identification": IDENTIFICATION,
    "shelter": SHELTER,
    "fund": FUND,
    "repatriation": REPATRIATION,
    "notify": NOTIFY,
    "exchange": EXCHANGE,
}
SERVED = {"identification": "http://localhost:1", "shelter": "http://localhost:2"}


@pytest.mark.parametrize("place", [CASE, INBOX, SEARCH, *PLACES.values()])
def test_a_place_is_a_page_for_the_roles_that_the_rights_name(place: Place) -> None:
    assert place.roles == SERVICES[place.service].rights[place.action].keys()
    declared = PAGES[place.service]
    declares = [*(page.path for page in declared.objects), *(page.path for page in declared.lists)]
    declares += [declared.search.path] if declared.search else []
    paths = {re.sub(r"\{\w+\}", "{id}", path) for path in declares}
    assert place.path in paths or not declared.objects, "a service without pages of objects has none yet"


@pytest.mark.parametrize(("act", "place"), BEGINNINGS.items())
def test_work_begins_elsewhere_for_whom_that_service_lets_begin(act: str, place: Place) -> None:
    """What identification shows of shelter's acts is what shelter's own table names, and its form is there."""
    row = SERVICES[place.service].rights[place.action]
    assert place.roles == row.keys()
    assert OF_CASES[act] == row
    starts = [start.path for page in PAGES[place.service].lists for start in page.begins]
    assert place.path.partition("?")[0] in starts


def test_what_a_clock_waits_for_has_a_place() -> None:
    assert SUBJECTS.keys() <= set(PARTS)
    assert set(SUBJECTS.values()) == PLACES.keys()


@pytest.mark.parametrize(
    ("role", "subject", "found"),
    [
        ("caseworker", "stay/7", "http://localhost:2/stays/7"),
        ("caseworker", "recognition/7", "http://localhost:1/cases/1"),
        ("caseworker", "claim/7", "http://localhost:1/cases/1"),
        ("fund-approver", "stay/7", None),
        ("motion-officer", "stay/7", "http://localhost:1/cases/1"),
    ],
)
def test_a_role_is_led_only_where_it_may_go(role: str, subject: str, found: str | None) -> None:
    """The Fund has no pages here, so its claim is the case's; a role without rights gets no link."""
    assert page_of(SERVED, frozenset({role}), subject, "1") == found
