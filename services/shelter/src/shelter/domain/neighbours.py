"""Who may live beside whom (SH-4): the same for a place that is weighed, and for those who have one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol
from uuid import UUID

from shelter.domain.nights import Block, overlaps


@dataclass(frozen=True)
class Resident:
    """Somebody who lives in the facility, or was promised a bed there."""

    case_id: UUID
    room_id: UUID
    sex: str
    age_group: str
    nights: Block
    lives: bool = True


class Person(Protocol):
    @property
    def sex(self) -> str: ...

    @property
    def age_group(self) -> str: ...


def room_mates(one: Person, other: Person) -> Iterator[str]:
    """A room is for one sex and one age group; what is unknown is shared with nobody."""
    if "unknown" in (one.sex, other.sex) or one.sex != other.sex:
        yield "sex"
    if "unknown" in (one.age_group, other.age_group) or one.age_group != other.age_group:
        yield "age_group"


@dataclass(frozen=True)
class Placed:
    """A stay that has nights in a house, and the cases that it is in conflict with."""

    stay_id: UUID
    bed_id: UUID
    person: Resident
    conflicts: frozenset[UUID]


def misfits(house: Sequence[Placed]) -> Iterator[UUID]:
    """Of the stays of one house, those that have nights with somebody whom they may not live with.

    Where one lives there and the other was promised a place it is the promise, for nobody is put out (SH-3).
    """
    for one, other in permutations(house, 2):
        together = overlaps(one.person.nights, other.person.nights.begins, other.person.nights.ends)
        can_act = not one.person.lives or other.person.lives
        if together and can_act and _may_not_meet(one, other):
            yield one.stay_id


def _may_not_meet(one: Placed, other: Placed) -> bool:
    """Also in one bed: somebody lives there beyond the nights that were planned (SH-3)."""
    if one.person.case_id == other.person.case_id:
        return False
    in_room = one.person.room_id == other.person.room_id
    apart = in_room and any(room_mates(one.person, other.person))
    return apart or one.bed_id == other.bed_id or other.person.case_id in one.conflicts
