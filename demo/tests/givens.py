"""Lines of a caseload, as tests need them."""

import json
from datetime import UTC, datetime
from typing import Any

from player.caseload import Line, Numbered, read_line

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PERSON = {
    "prs_FirstName": "Zərifə",
    "prs_SecondName": "Qəribli",
    "prs_Birthdate": "1990-02-03",
    "prs_Gender": "Feminine",
    "prs_Citizenship": ["AZ"],
    "prs_MobilePhone": "+994007777777",
    "vic_TypeOfExploitation": ["SexualExploitation"],
}
SHELTER = {
    "category": "adult",
    "facility": "mia-adult",
    "days": 30,
    "extensions": [30],
    "ends": "discharged_to_vac",
}
COURSE: dict[str, Any] = {
    "outcome": "formal",
    "decided_after_hours": 50,
    "reflection": True,
    "shelter": SHELTER,
    "vac": ["psychological"],
    "needs_grants": [{"kind": "medicine", "qepik": 5000}],
    "permit": None,
    "voluntary_return": None,
}


def a_record(course: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A line as the file has it."""
    return {
        "line": 1,
        "reported_at": "2024-03-05T10:00:00+04:00",
        "reported_by": "ngo-clean-world",
        "channel": "hotline",
        "anonymous": False,
        "region": "Bakı",
        "language": "az",
        "crossed_border": False,
        "htcds": PERSON,
        "safe_contact": {"channel": "sms", "hours": "10:00-17:00"},
        "consent": {"refer_to_police": True},
        "course": COURSE | (course or {}),
        **changes,
    }


def as_bytes(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def a_line(course: dict[str, Any] | None = None, **changes: Any) -> Line:
    read = read_line(1, as_bytes(a_record(course, **changes)), NOW)
    assert isinstance(read, Numbered), read
    return read.line
