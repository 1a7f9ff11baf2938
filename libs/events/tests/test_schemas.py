"""The committed JSON Schemas are those of the models; no event carries anything but ids, codes, dates and amounts."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import jsonschema
import nrm_events
import pytest
from hypothesis import given
from nrm_events import EVENTS, SERVICES, TOPICS, Envelope, dead_letter_topic, to_message
from nrm_events.compatibility import Shape
from nrm_events.schemas import differences, main, render

from .givens import envelopes

COMMITTED = Path(__file__).parents[1] / "schemas"
SCHEMAS: dict[str, dict[str, Any]] = {name: json.loads(content) for name, content in render().items()}
TELLING_NAME = re.compile(
    r"cooperat|assist\w*_?prosec|name|phone|mobile|e?mail|address(?!ed_to$)|birth|document(?!_version)|passport|note|comment"
    r"|text|street|latitude|longitude|coordinate|payee|iban|account"
)

# The model lets one word through here, which its schema cannot say: test_envelope.py
ONE_WORD = {
    ("nrm.agency.EventShared.v1.json", "event"),
    ("nrm.agency.EventShared.v1.json", "fields"),
    ("nrm.agency.SubmissionAnswered.v1.json", "place"),
}


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field, also of what is nested, with each of the shapes its value may have."""
    yield from _of(Shape(schema, schema))


def _of(shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in shape.schema.get("properties", {}).items():
        yield from _shapes(name, shape.part(field))


def _shapes(name: str, shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    for branch in shape.branches():
        kind = branch.schema.get("type")
        if kind == "array":
            yield from _shapes(name, branch.part(branch.schema["items"]))
        elif kind == "object" and "properties" in branch.schema:
            yield from _of(branch)
        elif kind == "object":
            yield from _shapes(name, branch.part(branch.schema["additionalProperties"]))
        else:
            yield name, dict(branch.schema)


def test_the_committed_schemas_are_those_of_the_models() -> None:
    """After a change: `python -m nrm_events.schemas write libs/events/schemas`."""
    assert differences(COMMITTED) == []


def test_the_command_finds_drift_and_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "schemas")
    assert main(["write", folder]) == 0
    assert main(["check", folder]) == 0
    changed, gone, foreign = "nrm.fund.PaymentMade.v1.json", "nrm.fund.ClaimDrafted.v1.json", "nrm.fund.Sang.v1.json"
    (tmp_path / "schemas" / changed).write_text("{}")
    (tmp_path / "schemas" / gone).unlink()
    (tmp_path / "schemas" / foreign).write_text("{}")
    assert main(["check", folder]) == 1
    reported = capsys.readouterr().err
    assert all(name in reported for name in (changed, gone, foreign))
    assert main(["write", folder]) == 0
    assert main(["check", folder]) == 0
    assert main(["read", folder]) == 2


@pytest.mark.parametrize("file", SCHEMAS)
def test_an_event_is_thin(file: str) -> None:
    """SH-7, NO-1, ID-13: ids, codes, dates, amounts, yes or no; a string always has a pattern, a format or a list."""
    for name, shape in _fields(SCHEMAS[file]):
        listed = shape.keys() & {"enum", "const"}
        assert listed or shape.get("type") in ("string", "integer", "boolean", "null"), name
        if shape.get("type") == "string" and not listed and (file, name) not in ONE_WORD:
            assert "pattern" in shape or shape.get("format") in ("uuid", "date", "date-time"), name


@pytest.mark.parametrize("file", SCHEMAS)
def test_no_pattern_of_an_event_lets_a_sentence_through(file: str) -> None:
    for name, shape in _fields(SCHEMAS[file]):
        if pattern := shape.get("pattern"):
            for words in ("Gülnar Əliyeva", "Bakı, Nizami 5", "+994 50 123 45 67", "1989-07-07", "a@b.az", ""):
                assert not re.search(pattern, words), f"{name} takes {words!r}"


@pytest.mark.parametrize("file", SCHEMAS)
def test_no_field_of_an_event_is_about_identity_or_cooperation(file: str) -> None:
    """ID-11, ID-13."""
    for name, shape in _fields(SCHEMAS[file]):
        assert not TELLING_NAME.search(name), name
        codes = [*shape.get("enum", []), shape.get("const")]
        assert not any(re.search(r"cooperat|prosecution", str(code)) for code in codes), name


@given(envelopes())
def test_what_goes_on_the_wire_is_what_its_schema_says(envelope: Envelope) -> None:
    schema = SCHEMAS[f"{envelope.type}.json"]
    jsonschema.validate(json.loads(to_message(envelope)[1]), schema, format_checker=jsonschema.FormatChecker())


def test_types_and_topics_are_named_alike() -> None:
    assert {name.split(".")[1] for name in EVENTS} == set(SERVICES)
    assert all(re.fullmatch(r"nrm\.[a-z]+\.[A-Z][A-Za-z]+\.v[1-9]", name) for name in EVENTS)
    assert {event.topic() for event in EVENTS.values()} == set(TOPICS)
    assert dead_letter_topic("fund") == "nrm.fund.dlq"


def test_every_service_acknowledges_the_withdrawal_of_a_consent_but_the_one_that_keeps_it() -> None:
    """ID-12."""
    acknowledging = {event.service for event in EVENTS.values() if event.__name__ == "ConsentWithdrawalAcknowledged"}
    assert acknowledging == set(SERVICES) - {"identification"}


def test_it_is_installed_alone() -> None:
    """An agency needs pydantic and what pydantic needs itself, nothing of ours."""
    assert {needed.partition(">")[0] for needed in requires("himaya-events") or []} <= {"pydantic", "typing-extensions"}
    loaded = (
        "import sys, nrm_events, nrm_events.schemas; "
        "ours = {'chassis', 'sqlalchemy', 'aiokafka', 'fastapi', 'yaml', 'httpx', *nrm_events.SERVICES}; "
        "sys.exit(', '.join(ours & sys.modules.keys()) or None)"
    )
    ended = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (Path(nrm_events.__file__).parent / "py.typed").exists()
