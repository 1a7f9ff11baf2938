"""What comes after the stay (SH-8), and named conflicts (SH-4)."""

from datetime import datetime
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, Field

from shelter.answers import Absent


class HandoverAnswer(BaseModel):
    """A hand-over; the stay before it is absent where the viewer may not know that there is one."""

    id: UUID
    case_id: UUID
    case_ref: str
    stay_id: UUID | None = None
    state: str
    version: int
    from_agency: str
    to: str
    requested_at: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    withdrawn_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    re_examine_since: datetime | None = Field(description="A negative decision requires that who serves looks again")
    re_examine_reason: str | None = Field(description="The first of `re_examine_reasons`")
    re_examine_reasons: list[str]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class AgencyAnswer(BaseModel):
    """An agency that a request for a place or a hand-over can name."""

    agency: str
    has_places: bool = Field(description="It runs a house with places (SH-9)")
    takes_support: bool = Field(description="The reader's agency may hand support over to it (SH-8)")


class CourseAnswer(BaseModel):
    """A person's enrolment on a course; `lacking` persons must enrol before it begins (SH-8)."""

    id: UUID
    case_id: UUID
    case_ref: str
    agency: str
    course: str
    enrolled: int
    needed: int
    lacking: int
    effective_at: datetime


class AssistanceAnswer(BaseModel):
    id: UUID
    case_id: UUID
    case_ref: str
    handover_id: UUID
    kind: str
    payer: str
    agency: str
    effective_at: datetime


class NamedConflict(BaseModel):
    """`other_case_ref`: as who named the conflict knows it."""

    id: UUID
    case_id: UUID
    case_ref: str
    other_case_ref: str
    state: str
    version: int
    kind: str
    since: datetime
    ended_at: datetime | None
    actions: list[ActionAnswer]


class ConflictAnswer(NamedConflict):
    other_case_id: UUID
    together_now: bool | Absent = Field(
        default=None,
        description="They have beds in one facility at this moment: somebody must act. Absent where the viewer may not "
        "know of both stays",
    )
    clocks: list[ClockAnswer]
