"""Does a place fit a person (SH-4)? Every answer explains itself in codes and never names whom a conflict is with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from shelter.domain.neighbours import Resident, room_mates
from shelter.domain.nights import Block, clash, overlaps

_OF_ROOM = {"sex", "age_group"}
_AFTER_EVERY_PROTECTED = -60
"""More than all other points together."""


@dataclass(frozen=True)
class PersonNeed:
    """What a place must offer. `protection` unknown counts as protected: other houses come last (SH-7).

    `handed_over`: the case was handed over to a police body, so that a house of the police may know of it (ID-7).
    `stay_id`: the stay whose own nights do not stand against it.
    `moves_in`: the person stands at the door; a conflict who was only promised a place keeps nobody out.
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
    stay_id: UUID | None = None
    moves_in: bool = False

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
class Others:
    """What is already there: blocks of this bed, residents of the whole facility."""

    blocks: tuple[Block, ...] = ()
    residents: tuple[Resident, ...] = ()


@dataclass(frozen=True)
class Fit:
    """`score` 0–100, best first, with reasons; or refusals, and then there is no score.

    `ends`: the first night from which the place is planned otherwise; none means until somebody decides (SH-3).
    """

    score: int | None
    reasons: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    nights: tuple[Block, ...] = field(default=(), compare=False)
    ends: date | None = field(default=None, compare=False)

    @property
    def fits(self) -> bool:
        return not self.refusals


def fit(need: PersonNeed, bed: Bed, facility: Facility, others: Others) -> Fit:
    """SH-4: the score of a place with its reasons, or every refusal at once (nights: SH-5, SH-9)."""
    refusals = _refusals(need, bed, facility, others)
    return _answer(need, bed, others, refusals=refusals, points=dict(_points(need, bed, facility, others)))


def stays_on(need: PersonNeed, bed: Bed, others: Others, since: date) -> Fit:
    """SH-1, SH-4, SH-5: whether who has the bed since that day may have it for these nights too.

    The house was weighed when the person came. With whom they live already they are not parted by this (SH-3).
    """
    to_come = tuple(other for other in others.residents if not overlaps(other.nights, since, need.begins))
    others = replace(others, residents=to_come)
    refusals = [*_residents_refuse(need, bed, others), *_blocks_refuse(need, others)]
    return _answer(need, bed, others, refusals=refusals, points={})


def _answer(need: PersonNeed, bed: Bed, others: Others, *, refusals: Iterable[str], points: Mapping[str, int]) -> Fit:
    codes = tuple(dict.fromkeys(refusals))
    if codes:
        return Fit(None, refusals=codes, nights=tuple(dict.fromkeys(_taken(need, bed, others))))
    return Fit(max(0, 100 + sum(points.values())), reasons=tuple(points), ends=_planned(need, bed, others))


def _taken(need: PersonNeed, bed: Bed, others: Others) -> Iterator[Block]:
    """The nights that stand against these, of the bed and of the room; of a conflict none are named."""
    yield from (block for block in others.blocks if overlaps(block, need.begins, need.until))
    for other in others.residents:
        if overlaps(other.nights, need.begins, need.until) and set(disturbances(need, bed.room_id, other)) & _OF_ROOM:
            yield other.nights


def _planned(need: PersonNeed, bed: Bed, others: Others) -> date | None:
    """The first later night on which the bed is taken, or somebody comes with whom the person may not live."""
    nights = [*others.blocks, *(o.nights for o in others.residents if any(disturbances(need, bed.room_id, o)))]
    return min((block.begins for block in nights if block.begins > need.begins), default=None)


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
    if need.protection == "protected" and not facility.protected:
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
    present = [other for other in others.residents if overlaps(other.nights, need.begins, need.until)]
    found = {code for other in present for code in disturbances(need, bed.room_id, other)}
    yield from (code for code in ("conflict", "sex", "age_group") if code in found)


def disturbances(need: PersonNeed, room_id: UUID, other: Resident) -> Iterator[str]:
    """SH-4: nobody lives with a named conflict in one facility, nor in one room with another sex or age group."""
    if other.case_id == need.case_id:
        return
    if other.case_id in need.conflicts and (other.lives or not need.moves_in):
        yield "conflict"
    if other.room_id == room_id:
        yield from room_mates(need, other)


def _nights_refused(need: PersonNeed, facility: Facility, others: Others) -> Iterator[str]:
    if facility.since and need.begins < facility.since:
        yield "out_of_use"
    yield from _blocks_refuse(need, others)


def _blocks_refuse(need: PersonNeed, others: Others) -> Iterator[str]:
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
    elif _planned(need, bed, others):
        yield "promised_later", -10
    if need.protection != "standard" and not facility.protected:
        yield "house_not_protected", _AFTER_EVERY_PROTECTED
