"""A caseload: one report a line, in JSON, and under `course` what the staff of that case did.

A line with a fault is refused by itself, with its number, the field and the reason; what was written there is never
repeated, since it may be a name. The record of the person (`htcds`) is the platform's to check.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from player.answers import Json

LONGEST_LINE = 64 * 1024  # bytes
MOST_LINES = 100_000

Reporter = Literal[
    "self",
    "mia-special",
    "mia-hotline",
    "sms",
    "sbs",
    "mlspp",
    "moh",
    "moe",
    "scfwca",
    "ngo-clean-world",
    "ngo-amc",
    "ngo-acu",
    "ngo-clrpl",
    "iom",
    "consulates",
    "unions",
]
Facility = Literal["mia-adult", "mia-child", "clean-world", "amc", "acu", "fsc"]
Care = Literal[
    "psychological", "legal", "medical", "social", "education", "employment", "housing", "documents", "benefits"
]
Days = Annotated[int, Field(ge=1, le=730)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SafeContact(Part):
    channel: Literal["sms", "email"]
    hours: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] | None = None


class Consent(Part):
    refer_to_police: bool


class Shelter(Part):
    """A stay of so many days, lengthened by each of `extensions`, and how it ended."""

    category: Literal["adult", "child", "adult_with_children"]
    facility: Facility
    days: Days
    extensions: Annotated[list[Days], Field(max_length=24)]
    ends: Literal["discharged_to_vac", "family", "left_voluntarily"]


class NeedsGrant(Part):
    kind: Literal["medicine", "court_travel", "school_supplies", "warm_clothing", "other"]
    qepik: Annotated[int, Field(ge=1, le=1_000_000_000)]


class Permit(Part):
    ground: Literal["victim", "assisting_prosecution"]
    months: Annotated[int, Field(ge=1, le=120)]


class VoluntaryReturn(Part):
    """`after_days`: from the decision to the departure."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    after_days: Annotated[int, Field(ge=0, le=3650)]


class Course(Part):
    """`vac`: null = not handed over to the assistance centre, [] = handed over without care of these kinds."""

    outcome: Literal["formal", "potential", "not_recognised"]
    decided_after_hours: Annotated[int, Field(ge=0, le=50_000)]
    reflection: bool
    shelter: Shelter | None
    vac: Annotated[list[Care], Field(max_length=20)] | None
    needs_grants: Annotated[list[NeedsGrant], Field(max_length=50)]
    permit: Permit | None
    voluntary_return: VoluntaryReturn | None


class Line(Part):
    """A report as an agency sends it, and its course."""

    line: Annotated[int, Field(ge=1)]
    reported_at: AwareDatetime
    reported_by: Reporter
    channel: Annotated[str, Field(min_length=1, max_length=40)]
    anonymous: bool
    region: Annotated[str, Field(min_length=1, max_length=60)] | None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None
    crossed_border: bool | None
    htcds: Annotated[Json, Field(max_length=60)]
    safe_contact: SafeContact | None
    consent: Consent
    course: Course

    @field_validator("htcds")
    @classmethod
    def _plain_numbers(cls, record: Json) -> Json:
        json.dumps(record, allow_nan=False)  # ValueError for what JSON has no number for
        return record

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.safe_contact and self.safe_contact.channel == "sms" and not self.htcds.get("prs_MobilePhone"):
            raise ValueError("safe_contact by sms needs htcds.prs_MobilePhone")
        return self

    @property
    def decided_at(self) -> datetime:
        return self.reported_at + timedelta(hours=self.course.decided_after_hours)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, hex, of the line's content, however it is spaced."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Numbered:
    """A line and where it stands in its file."""

    number: int
    line: Line


@dataclass(frozen=True, order=True)
class Fault:
    """Why a line is refused."""

    number: int
    field: str
    reason: str


def read_caseload(path: Path, now: datetime) -> tuple[list[Numbered], list[Fault]]:
    """The lines that can be played, and every fault of the others. OSError when the file cannot be read."""
    lines: list[Numbered] = []
    faults: list[Fault] = []
    for number, raw in _lines(path):
        if number > MOST_LINES:
            faults.append(Fault(number, "-", f"a caseload has at most {MOST_LINES} lines; this and the rest are left"))
            break
        read = read_line(number, raw, now)
        if isinstance(read, Numbered):
            lines.append(read)
        else:
            faults.extend(read)
    return lines, faults


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line that is not blank; at most one byte more than a line may have."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE + 2):
            number += 1
            whole = raw
            while whole and not whole.endswith(b"\n"):
                whole = file.readline(LONGEST_LINE)
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if raw.strip():
                yield number, raw


def read_line(number: int, raw: bytes, now: datetime) -> Numbered | list[Fault]:
    """One line, or its faults."""
    if len(raw.rstrip(b"\r\n")) > LONGEST_LINE:
        return [Fault(number, "-", f"longer than {LONGEST_LINE} bytes")]
    try:
        line = Line.model_validate_json(raw)
    except ValidationError as error:
        return [_fault(number, found) for found in error.errors(include_url=False, include_input=False)]
    except RecursionError:
        return [Fault(number, "-", "nested too deeply")]
    return _future(number, line, now) or Numbered(number, line)


def _fault(number: int, found: ErrorDetails) -> Fault:
    field = ".".join(_shown(part) for part in found["loc"]) or "-"
    return Fault(number, field, "not JSON" if found["type"] == "json_invalid" else found["msg"])


def _shown(part: str | int) -> str:
    """A name of a field may be anything that somebody typed."""
    name = str(part)
    return name if name.isascii() and name.isprintable() and len(name) <= 60 else "?"


def _future(number: int, line: Line, now: datetime) -> list[Fault]:
    """What has not happened yet cannot be played."""
    if line.reported_at > now:
        return [Fault(number, "reported_at", "in the future")]
    if line.decided_at > now:
        return [Fault(number, "course.decided_after_hours", "the decision lies in the future")]
    return []
