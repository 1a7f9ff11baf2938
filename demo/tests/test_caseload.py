"""Lines are read one by one; a line with a fault is refused with number, field and reason, and the others are read."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player.caseload import LONGEST_LINE, Fault, Numbered, read_caseload, read_line
from player.stack import DEMO

from .givens import COURSE, NOW, PERSON, SHELTER, a_line, a_record, as_bytes


def _faults(record: object) -> list[Fault]:
    read = read_line(7, as_bytes(record), NOW)
    assert not isinstance(read, Numbered)
    return read


def test_every_line_of_the_year_is_read() -> None:
    lines, faults = read_caseload(DEMO / "caseload-2024.jsonl", NOW)
    assert (len(lines), faults) == (106, [])
    assert [numbered.number for numbered in lines] == [numbered.line.line for numbered in lines]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ([], "-"),
        (a_record(reported_by="nobody"), "reported_by"),
        (a_record(reported_at="2024-03-05T10:00:00"), "reported_at"),
        (a_record(reported_at=1709618400), "reported_at"),
        (a_record(reported_at="2026-06-02T10:00:00+04:00"), "reported_at"),
        (a_record(reported_at="2026-05-31T10:00:00+04:00"), "course.decided_after_hours"),
        (a_record(anonymous="no"), "anonymous"),
        (a_record(line="1"), "line"),
        (a_record(unknown=1), "unknown"),
        (a_record(Zərifə=1), "?"),
        (a_record(language="Azeri"), "language"),
        (a_record(region="ə" * 61), "region"),
        (a_record(htcds=[PERSON]), "htcds"),
        (a_record(htcds={}), "-"),
        (a_record(safe_contact={"channel": "letter"}), "safe_contact.channel"),
        (a_record(safe_contact={"channel": "email", "hours": "10-17"}), "safe_contact.hours"),
        (a_record(consent={}), "consent.refer_to_police"),
        (a_record({"outcome": "maybe"}), "course.outcome"),
        (a_record({"decided_after_hours": -1}), "course.decided_after_hours"),
        (a_record({"decided_after_hours": 1.5}), "course.decided_after_hours"),
        (a_record({"shelter": SHELTER | {"facility": "hotel"}}), "course.shelter.facility"),
        (a_record({"shelter": SHELTER | {"days": 0}}), "course.shelter.days"),
        (a_record({"shelter": SHELTER | {"extensions": [0]}}), "course.shelter.extensions.0"),
        (a_record({"vac": ["massage"]}), "course.vac.0"),
        (a_record({"needs_grants": [{"kind": "medicine", "qepik": 0}]}), "course.needs_grants.0.qepik"),
        (a_record({"needs_grants": [{"kind": "medicine", "qepik": "5"}]}), "course.needs_grants.0.qepik"),
        (a_record({"permit": {"ground": "asylum", "months": 12}}), "course.permit.ground"),
        (a_record({"voluntary_return": {"country": "India", "after_days": 1}}), "course.voluntary_return.country"),
    ],
)
def test_a_fault_names_its_line_and_field(record: object, field: str) -> None:
    faults = _faults(record)
    assert (faults[0].number, faults[0].field) == (7, field)
    assert faults[0].reason


@pytest.mark.parametrize("missing", sorted(a_record()))
def test_no_field_of_a_line_may_be_missing(missing: str) -> None:
    record = a_record()
    del record[missing]
    assert [fault.field for fault in _faults(record)] == [missing]


@pytest.mark.parametrize("missing", sorted(COURSE))
def test_no_field_of_a_course_may_be_missing(missing: str) -> None:
    record = a_record()
    record["course"] = {name: value for name, value in COURSE.items() if name != missing}
    assert [fault.field for fault in _faults(record)] == [f"course.{missing}"]


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff\xfe{}",
        b"null",
        b"{}" * 2,
        b'{"htcds": NaN}',
        b"[" * 50_000,
        b"9" * 5000,
        b'{"line": 1' + b" " * LONGEST_LINE + b"}",
        json.dumps(a_record(htcds={"x": float("nan")})).encode(),
    ],
    ids=["cut", "not utf-8", "null", "two", "NaN", "deep", "long number", "too long", "NaN in the record"],
)
def test_what_is_no_line_is_a_fault(raw: bytes) -> None:
    read = read_line(3, raw, NOW)
    assert not isinstance(read, Numbered)
    assert {fault.number for fault in read} == {3}


def test_faults_never_repeat_what_was_written() -> None:
    planted = "Zərifə Qəribli"
    for name in a_record():
        shown = " ".join(f"{f.field} {f.reason}" for f in _faults(a_record() | {name: [planted]}))
        assert planted not in shown


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_junk_is_refused_and_never_breaks_the_reading(raw: bytes) -> None:
    read = read_line(1, raw, NOW)
    assert not isinstance(read, Numbered)
    assert read


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(a_record())), _JSON)
def test_any_value_in_any_field_is_read_or_refused(name: str, value: Any) -> None:
    read = read_line(1, json.dumps(a_record() | {name: value}).encode(), NOW)
    assert isinstance(read, Numbered) or all(fault.number == 1 for fault in read)


def test_good_lines_are_read_beside_bad_ones(tmp_path: Path) -> None:
    file = tmp_path / "caseload.jsonl"
    good = as_bytes(a_record())
    file.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\n{\n" + b"x" * (3 * LONGEST_LINE) + b"\n" + good)
    lines, faults = read_caseload(file, NOW)
    assert [numbered.number for numbered in lines] == [1, 5]
    assert [(fault.number, fault.reason) for fault in faults] == [
        (3, "not JSON"),
        (4, f"longer than {LONGEST_LINE} bytes"),
    ]


def test_a_fingerprint_depends_on_the_content_and_not_on_the_spacing() -> None:
    spaced = read_line(9, json.dumps(a_record(), indent=None, separators=(" , ", " : ")).encode(), NOW)
    assert isinstance(spaced, Numbered)
    assert spaced.line.fingerprint == a_line().fingerprint
    assert a_line(region="Gəncə").fingerprint != a_line().fingerprint
