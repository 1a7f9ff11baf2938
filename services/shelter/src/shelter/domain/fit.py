"""Does a place fit a person (SH-4)? Every answer explains itself in codes and never names whom a conflict is with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from shelter.domain.nights import Block, clash, overlaps


@dataclass(frozen=True)
class PersonNeed:
    """What a place must offer. `protection` unknown counts as protected (SH-7).

    `handed_over`: the case was handed over to a police body, so that a house of the police may know of it (ID-7).
    """

    case_id: UUID
    category: str
    sex: str
    age_group: str
    track: str
    begins: date
    days: int
    children: int = 0
    accessibility: frozenset[str] = frozenset()
    region: str | None = None
    region_rule: str = "prefer"
    protection: str = "unknown"
    handed_over: bool = False
    conflicts: frozenset[UUID] = frozenset()

    @property
    def until(self) -> date:
        return self.begins + timedelta(days=self.days)


@dataclass(frozen=True)
class Bed:
    bed_id: UUID
    room_id: UUID
    child_places: int = 0
    accessibility: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facility:
    takes: frozenset[str]
    police: bool = False
    track: str | None = None
    region: str | None = None
    protected: bool = False
    since: date | None = None


@dataclass(frozen=True)
class Resident:
    """Somebody who has a bed of the facility."""

    case_id: UUID
    room_id: UUID
    sex: str
    age_group: str
    nights: Block


@dataclass(frozen=True)
class Others:
    """What is already there: blocks of this bed, residents of the whole facility."""

    blocks: tuple[Block, ...] = ()
    residents: tuple[Resident, ...] = ()


@dataclass(frozen=True)
class Fit:
    """`score` 0–100, best first, with reasons; or refusals, and then there is no score."""

    score: int | None
    reasons: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    nights: tuple[Block, ...] = field(default=(), compare=False)

    @property
    def fits(self) -> bool:
        return not self.refusals


def fit(need: PersonNeed, bed: Bed, facility: Facility, others: Others) -> Fit:
    """SH-4: the score of a place with its reasons, or every refusal at once (nights: SH-5, SH-9)."""
    refusals = tuple(dict.fromkeys(_refusals(need, bed, facility, others)))
    if refusals:
        taken = tuple(block for block in others.blocks if overlaps(block, need.begins, need.until))
        return Fit(None, refusals=refusals, nights=taken)
    points = dict(_points(need, bed, facility, others))
    return Fit(max(0, 100 + sum(points.values())), reasons=tuple(points))


def _refusals(need: PersonNeed, bed: Bed, facility: Facility, others: Others) -> Iterator[str]:
    yield from _kind_refused(need, facility)
    if need.children > bed.child_places:
        yield "children_together"
    if not need.accessibility <= bed.accessibility:
        yield "accessibility"
    if facility.track and need.track not in (facility.track, "unknown"):
        yield "track"
    if _region_refused(need, facility):
        yield "region"
    if need.protection != "standard" and not facility.protected:
        yield "protection"
    if facility.police and not need.handed_over:
        yield "police_operator_case_hidden"
    yield from _residents_refuse(need, bed, others)
    yield from _nights_refused(need, facility, others)


def _kind_refused(need: PersonNeed, facility: Facility) -> Iterator[str]:
    """Age group, sex and children, by what the facility takes."""
    if need.category != "adult":
        if need.category not in facility.takes:
            yield "age_group" if need.category == "child" else "children_together"
        return
    adults = {"adult_female", "adult_male"} & facility.takes
    if not adults:
        yield "age_group"
    elif need.sex in ("female", "male") and f"adult_{need.sex}" not in adults:
        yield "sex"


def _region_refused(need: PersonNeed, facility: Facility) -> bool:
    """A facility whose region is not known cannot be ruled out by region."""
    if not need.region or not facility.region:
        return False
    same = need.region == facility.region
    return (need.region_rule == "only" and not same) or (need.region_rule == "avoid" and same)


def _residents_refuse(need: PersonNeed, bed: Bed, others: Others) -> Iterator[str]:
    """Nobody lives with a named conflict in one facility, nor in one room with another sex or age group."""
    present = [other for other in others.residents if overlaps(other.nights, need.begins, need.until)]
    if any(other.case_id in need.conflicts for other in present):
        yield "conflict"
    room_mates = [other for other in present if other.room_id == bed.room_id and other.case_id != need.case_id]
    if any(_differ(other.sex, need.sex) for other in room_mates):
        yield "sex"
    if any(_differ(other.age_group, need.age_group) for other in room_mates):
        yield "age_group"


def _differ(one: str, other: str) -> bool:
    return "unknown" in (one, other) or one != other


def _nights_refused(need: PersonNeed, facility: Facility, others: Others) -> Iterator[str]:
    if facility.since and need.begins < facility.since:
        yield "out_of_use"
    for kind, code in (("closure", "out_of_use"), ("stay", "full_nights")):
        if clash([block for block in others.blocks if block.kind == kind], need.begins, need.until):
            yield code


def _points(need: PersonNeed, bed: Bed, facility: Facility, others: Others) -> Iterator[tuple[str, int]]:
    if facility.track:
        yield ("track_of_facility", 0) if need.track == facility.track else ("track_unknown", -10)
    else:
        yield "track_any", -5
    if need.region and need.region_rule == "prefer":
        yield ("region_preferred", 0) if need.region == facility.region else ("region_other_or_unknown", -10)
    if bed.child_places > need.children:
        yield "family_bed_larger_than_needed", -3 * min(5, bed.child_places - need.children)
    if bed.accessibility - need.accessibility:
        yield "accessible_bed_not_needed", -10
    if any(block.kind == "closure" and block.begins >= need.until for block in others.blocks):
        yield "closure_planned_later", -10
