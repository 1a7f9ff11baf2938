"""Facilities, capacity, nights and closures (SH-9), and the figures of a year."""

from datetime import date, datetime
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, ConfigDict, Field

from shelter.domain.codes import Takes
from shelter.domain.house_year import Waited


class RoomAnswer(BaseModel):
    number: int
    beds: list["BedAnswer"]


class BedAnswer(BaseModel):
    bed_id: UUID
    number: int
    child_places: int
    accessibility: list[str]


class FacilityAnswer(BaseModel):
    """A facility; code, region and rooms are shown to its own staff only (SH-7)."""

    operator: str
    kind: str
    takes: list[Takes]
    track: str | None
    protected: bool
    beds: int
    code: str | None = None
    region: str | None = None
    rooms: list[RoomAnswer] | None = None


class FacilitiesAnswer(BaseModel):
    items: list[FacilityAnswer]


class CapacityLine(BaseModel):
    """Beds of an operator that serve a category; a bed that serves two is counted in both (SH-9)."""

    operator: str
    category: str
    beds: int
    out_of_use: int
    held: int
    free: int


class CapacityAnswer(BaseModel):
    on: date
    lines: list[CapacityLine]


class BoardHold(BaseModel):
    """What takes a bed: a stay, or a closure. No end: until somebody decides (SH-3)."""

    kind: str
    begins: date
    ends: date | None
    stay_id: UUID | None
    case_id: UUID | None
    case_ref: str | None
    view: str | None
    stay_ends_on: date | None
    weigh_again: bool = Field(description="Somebody must look: the place fits this person no more (SH-4)")
    closure_id: UUID | None
    reason: str | None


class BoardBed(BaseModel):
    bed_id: UUID
    facility: str
    room: int
    bed: int
    holds: list[BoardHold]


class BoardAnswer(BaseModel):
    """Nights from `from` up to `to`, that day's night excluded; the beds of the own houses only (SH-7)."""

    model_config = ConfigDict(populate_by_name=True)

    begins: date = Field(alias="from")
    ends: date = Field(alias="to")
    beds: list[BoardBed]


class MonthNights(BaseModel):
    """Nights of the own beds in a month."""

    month: date = Field(description="Its first day")
    occupied: int
    out_of_use: int


class WaitedAnswer(BaseModel):
    """How many were admitted after so many days."""

    waited: Waited
    stays: int


class HouseYearAnswer(BaseModel):
    """The nights of a year by month, and how long those waited who were admitted in it."""

    year: int
    months: list[MonthNights]
    waited: list[WaitedAnswer]


class ClosureAnswer(BaseModel):
    id: UUID
    bed_id: UUID
    state: str
    version: int
    reason: str
    begins: date
    returns_on: date
    effective_at: datetime
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class YearAnswer(BaseModel):
    """A year by effective date, Asia/Baku: stays of police shelters, cases of the assistance centre. Null: too few."""

    year: int
    mia_shelter_admissions: int | None
    vac: int | None
    vac_psychological: int | None
    vac_legal: int | None
