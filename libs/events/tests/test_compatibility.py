"""Every way to break a reader is caught by its name, harmless changes pass, and nothing that shipped is broken."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nrm_events import AGENCY_MESSAGES, EVENTS, Envelope, Event, to_message
from nrm_events.compatibility import refusals
from nrm_events.shipped import breaks, faults, history, main, present, shape

from .givens import envelopes

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "shipped"
PRESENT = present()
HISTORY = history(SHIPPED)
STAY = "nrm.shelter.ShelterAdmitted.v1"


def _changes(kind: str) -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted((HERE / "changes" / kind).glob("*.json"))]


def _found(path: Path) -> list[str]:
    change = json.loads(path.read_text())
    return [name for was in change["shipped"] for name in breaks(shape(was), shape(change["now"]))]


@pytest.mark.parametrize("path", _changes("breaking"))
def test_a_breaking_change_is_caught_by_its_name(path: Path) -> None:
    assert _found(path) == json.loads(path.read_text())["found"]


@pytest.mark.parametrize("path", _changes("harmless"))
def test_a_harmless_change_passes(path: Path) -> None:
    assert _found(path) == []


@pytest.mark.parametrize("kind", sorted(PRESENT))
def test_an_event_is_compatible_with_itself(kind: str) -> None:
    """No keyword of ours is one that the check does not understand."""
    assert breaks(PRESENT[kind], PRESENT[kind]) == []


def test_no_edition_that_ever_shipped_is_broken() -> None:
    assert list(faults(SHIPPED)) == []


def test_every_event_has_shipped_as_it_is() -> None:
    """After a compatible change: `python -m nrm_events.shipped write libs/events/shipped`."""
    assert {kind: shapes[-1] for kind, shapes in HISTORY.items()} == PRESENT


@given(envelopes())
def test_what_is_sent_today_is_read_by_every_edition(envelope: Envelope) -> None:
    for edition in HISTORY[envelope.type]:
        jsonschema.validate(json.loads(to_message(envelope)[1]), edition, format_checker=jsonschema.FormatChecker())


def _with_another(envelope: Envelope) -> st.SearchStrategy[tuple[Envelope, type[Event]]]:
    others = [event for event in (EVENTS | AGENCY_MESSAGES).values() if event.service == envelope.data.service]
    return st.tuples(st.just(envelope), st.sampled_from(others))


@given(envelopes().flatmap(_with_another))
def test_what_the_comparison_calls_readable_is_read(both: tuple[Envelope, type[Event]]) -> None:
    """Tried on events that resemble each other: what one says, handed to the reader of another."""
    envelope, other = both
    written, read = ({**PRESENT[kind], "x-subject": None} for kind in (envelope.type, other.type_name()))
    if refusals(written, read) == []:
        other.model_validate_json(to_message(envelope)[1])


def _copy(to: Path) -> Path:
    for kind, shapes in HISTORY.items():
        (to / kind).mkdir()
        for number, shipped_shape in enumerate(shapes, 1):
            (to / kind / f"{number}.json").write_text(json.dumps(shipped_shape))
    return to


def test_a_compatible_change_is_recorded_beside_what_shipped(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    first = folder / STAY / "1.json"
    was = json.loads(first.read_text())
    was["properties"]["gone"] = {"anyOf": [{"type": "boolean"}, {"type": "null"}], "default": None}
    first.write_text(json.dumps(was))
    assert main(["check", str(folder)]) == 1
    assert main(["write", str(folder)]) == 0
    assert main(["check", str(folder)]) == 0
    assert json.loads(first.read_text()) == was
    assert json.loads((folder / STAY / "2.json").read_text()) == PRESENT[STAY]


def test_a_breaking_change_is_refused_and_never_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _copy(tmp_path)
    first = folder / STAY / "1.json"
    was = json.loads(first.read_text())
    was["required"].remove("operator")
    first.write_text(json.dumps(was))
    assert main(["write", str(folder)]) == 1
    assert f"{STAY}: field_made_required operator (against 1.json)" in capsys.readouterr().err
    assert not (folder / STAY / "2.json").exists()


def test_a_type_that_shipped_is_read_for_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _copy(tmp_path)
    (folder / "nrm.shelter.Sang.v1").mkdir()
    (folder / "nrm.shelter.Sang.v1" / "1.json").write_text("{}")
    assert main(["check", str(folder)]) == 1
    assert "nrm.shelter.Sang.v1: type_removed" in capsys.readouterr().err
