"""Which events and fields may go out on which ground, whatever an agreement says: pinned event by event."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from casework.purposes import DATA_CLASSES
from exchange.domain.agreements import cell_of
from exchange.domain.shareable import CONSENT_OPENS, FIELDS, GROUND_OPENS, NEVER, PARTS, RIGHT_OF, SHAREABLE, opened
from exchange.rights import RIGHTS
from nrm_events import EVENTS
from nrm_events.base import CaseEvent

GOLDEN = Path(__file__).parent / "golden_outbound.txt"
INSIDE = {"notify", "exchange"}


def outbound() -> Iterator[str]:
    """A line for each event and ground: event, ground, fields. A consent by its purpose and its class of data."""
    for event in SHAREABLE:
        for ground, classes in _grounds(event):
            yield f"{event} | {ground} | {', '.join(sorted(opened(event, classes)))}".rstrip()


def _grounds(event: str) -> Iterator[tuple[str, frozenset[str]]]:
    for asked in cell_of(event):
        about = ", ".join(sorted(asked.about))
        if asked.name == "consent":
            for data_class in ("case_reference", "identity", "needs"):  # contact and documents: as case_reference
                classes = CONSENT_OPENS[data_class] & GROUND_OPENS["consent"]
                yield f"consent to {data_class} for {about or 'any purpose'}", classes
        elif asked.name in GROUND_OPENS:
            yield f"{asked.name} {about}".strip(), GROUND_OPENS[asked.name]
    if "agency" in FIELDS[event].values():
        yield "addressed", GROUND_OPENS["addressed"]


def test_what_goes_out_on_which_ground_is_what_was_decided() -> None:
    """ID-7, ID-12. After a decision: `RECORD=1 pytest services/exchange/tests/test_domain_shareable.py`."""
    if os.environ.get("RECORD"):
        GOLDEN.write_text("".join(f"{line}\n" for line in outbound()), encoding="utf-8")
    assert list(outbound()) == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_every_event_of_a_case_belongs_to_one_part_or_never_leaves() -> None:
    """A new event goes to nobody before somebody decided who may receive it."""
    named = [name for names in PARTS.values() for name in names]
    assert len(named) == len(set(named)) == len(RIGHT_OF)
    of_cases = {
        f"{event.service}.{event.__name__}"
        for event in EVENTS.values()
        if issubclass(event, CaseEvent) and event.service not in INSIDE and event.__name__ not in NEVER
    }
    assert set(SHAREABLE) == of_cases


def test_every_part_is_a_right() -> None:
    assert set(PARTS) == {action for action in RIGHTS if action.startswith("receive_")}


@pytest.mark.parametrize("event", SHAREABLE)
def test_a_consent_to_the_reference_opens_ids_and_dates_alone(event: str) -> None:
    """ID-12."""
    properties = SHAREABLE[event].model_json_schema()["properties"]
    for name in opened(event, CONSENT_OPENS["case_reference"]):
        formats = {one.get("format") for one in properties[name].get("anyOf", [properties[name]])} - {None}
        assert formats <= {"uuid", "date", "date-time"}, name
        assert formats, name


@pytest.mark.parametrize("event", SHAREABLE)
def test_no_consent_names_another_agency(event: str) -> None:
    """ID-12: who else knows of the case is for the holder and the formal body."""
    for classes in CONSENT_OPENS.values():
        assert not any(FIELDS[event][name] == "agency" for name in opened(event, classes))


def test_every_class_of_a_consent_opens_the_reference() -> None:
    """ID-12: one consent more never takes a field away, for the classes of several are joined."""
    assert set(CONSENT_OPENS) == set(DATA_CLASSES)
    assert all(CONSENT_OPENS["case_reference"] <= classes for classes in CONSENT_OPENS.values())
