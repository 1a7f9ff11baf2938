"""What is declared of pages: fields with their looks, forms with several days, words for acts, what every page is."""

from datetime import date
from typing import Annotated

import pytest
from chassis.clock import utc_now
from pydantic import BaseModel, Field
from staffui import asking, forms, words_of
from staffui.cells import Reader, cell, key_in, reference
from staffui.oversight import AUDIT, PARKED, PARKED_CASE, overseen
from staffui.pages import Pages, shown
from staffui.rules import RULES

CASE = "0190a0a0-0000-7000-8000-000000000000"


class Decree(BaseModel):
    decree: str
    holidays: Annotated[list[date], Field(max_length=60)] = []


class Line(BaseModel):
    since: date = Field(alias="from")
    kind: str
    parts: list[str]
    case_id: str


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("9.3.2027", ["2027-03-09"]),
        ("09.03.2027\r\n2027-03-10\n\n", ["2027-03-09", "2027-03-10"]),
        ("9 3 2027", ["2027-03-09"]),
        ("tomorrow", ["tomorrow"]),
        ("", None),
    ],
)
def test_several_days_are_typed_one_a_line(typed: str, sent: list[str] | None) -> None:
    """What is no day goes on as it was typed, so that the API says what is wrong."""
    asked = asking.questions(Decree)
    assert asked is not None
    assert [(one.name, one.kind) for one in asked] == [("decree", "text"), ("holidays", "area")]
    assert forms.body(asked, {"decree": ["N"], "holidays": [typed]}).get("holidays") == sent


def test_a_cell_takes_its_words_by_the_kind_of_its_field() -> None:
    values = {"from": "2026-03-09", "kind": "referral", "parts": ["case_ref", "nothing_of_ours"], "case_id": CASE}
    fields = shown(Line, "since kind:word:clock parts:word:field case_id:case:audit")
    cells = [cell(Reader("en", utc_now()), Line, field, values) for field in fields]
    assert key_in(Line, "since") == "from"
    assert cells[1].text == words_of.clock("en", "referral")
    assert list(cells[2].items) == [words_of.field("en", "case_ref"), "nothing_of_ours"]
    assert (cells[3].text, cells[3].href) == (reference(CASE), f"/audit?case_id={CASE}")


def test_an_act_in_an_audit_has_the_words_of_a_history() -> None:
    assert words_of.done("en", "resend_message") == words_of.did("en", "notification", "resend_message")
    assert words_of.done("en", "no_such_act") == "no_such_act"
    assert words_of.word("en", "outcome", "done") == "Done"


def test_every_service_has_its_audit_and_its_part_of_the_bus() -> None:
    """X5, X6: neither shows what is in an event, a reference, or who a person is."""
    found = overseen(Pages(lists=(), objects=()))
    assert (list(found.lists), list(found.objects)) == ([AUDIT, PARKED, RULES], [PARKED_CASE])
    names = {field.name for field in (*PARKED.columns, *PARKED_CASE.tables["items"].fields)}
    assert not names & {"data", "headers", "event_id", "case_ref", "key"}
