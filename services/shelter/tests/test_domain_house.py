"""SH-3, SH-4, SH-5 over random lives of a house: every way to nights is weighed, and nobody is put out."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from shelter.domain.fit import Bed, Facility, Fit, Others, PersonNeed, fit, stays_on
from shelter.domain.neighbours import Placed, Resident, misfits, room_mates
from shelter.domain.nights import Block, finish, overlaps, tonight_too

FIRST = date(2024, 1, 1)
BEDS = [Bed(UUID(int=100 + number), UUID(int=200 + number // 2)) for number in range(6)]
HOUSE = Facility(frozenset({"adult_female", "adult_male", "child"}), protected=True)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@dataclass(frozen=True)
class Guest:
    """A stay with nights: a person, a bed, since and until when by decision."""

    case_id: UUID
    sex: str
    age_group: str
    bed: Bed
    nights: Block
    ends_on: date
    lives: bool = False

    def as_resident(self, nights: Block | None = None) -> Resident:
        return Resident(self.case_id, self.bed.room_id, self.sex, self.age_group, nights or self.nights, self.lives)


class LifeOfAHouse(RuleBasedStateMachine):
    """The house as the service runs it: each act weighs, and takes the nights that the weighing allows."""

    def __init__(self) -> None:
        super().__init__()
        self.today = 0
        self.guests: dict[int, Guest] = {}
        self.closures: list[tuple[Bed, Block]] = []
        self.conflicts: set[frozenset[UUID]] = set()
        self.could_not_be_parted: set[frozenset[UUID]] = set()
        self.moved_out: set[int] = set()
        self.moved_in: set[int] = set()

    def conflicts_of(self, case_id: UUID) -> frozenset[UUID]:
        return frozenset(other for pair in self.conflicts if case_id in pair for other in pair - {case_id})

    def others(self, bed: Bed, begins: date, but: int) -> Others:
        there = {
            number: (
                guest.bed,
                tonight_too(guest.nights, day(self.today), since=begins) if guest.lives else guest.nights,
            )
            for number, guest in self.guests.items()
            if number != but
        }
        blocks = [nights for taken, nights in [*there.values(), *self.closures] if taken == bed]
        residents = tuple(self.guests[number].as_resident(nights) for number, (_, nights) in there.items())
        return Others(tuple(blocks), residents)

    def need(self, guest: Guest, begins: date, days: int, *, moves_in: bool = False) -> PersonNeed:
        conflicts = self.conflicts_of(guest.case_id)
        category = "child" if guest.age_group == "child" else "adult"
        return PersonNeed(
            guest.case_id, category, guest.sex, guest.age_group, "Other", begins, days,
            conflicts=conflicts, moves_in=moves_in, handed_over=True,
        )  # fmt: skip

    def take(self, number: int, guest: Guest, answer: Fit, begins: date) -> None:
        if answer.fits:
            self.guests[number] = replace(guest, nights=Block(begins, answer.ends))
            if guest.lives:
                self.moved_in.add(number)

    @rule(
        number=st.integers(0, 9), sex=st.sampled_from(["female", "male"]), age=st.sampled_from(["adult", "child"]),
        bed=st.sampled_from(BEDS), ahead=st.integers(-20, 60),
    )  # fmt: skip
    def offer(self, number: int, sex: str, age: str, bed: Bed, ahead: int) -> None:
        if number in self.guests or number in self.moved_out:
            return
        begins = day(self.today + ahead)
        guest = Guest(UUID(int=number + 1), sex, age, bed, Block(begins, None), begins + timedelta(days=30))
        answer = fit(self.need(guest, begins, 30), bed, HOUSE, self.others(bed, begins, number))
        self.take(number, guest, answer, begins)

    @rule(number=st.integers(0, 9), bed=st.sampled_from([None, *BEDS]), ahead=st.integers(-30, 0))
    def admit_on_any_day_into_any_bed(self, number: int, bed: Bed | None, ahead: int) -> None:
        guest = self.guests.get(number)
        if guest is None or guest.lives:
            return
        begins = day(self.today + ahead)
        moving = replace(guest, bed=bed or guest.bed, ends_on=begins + timedelta(days=30), lives=True)
        need = self.need(moving, begins, 30, moves_in=True)
        self.take(number, moving, fit(need, moving.bed, HOUSE, self.others(moving.bed, begins, number)), begins)

    @rule(number=st.integers(0, 9), days=st.integers(1, 60))
    def extend(self, number: int, days: int) -> None:
        guest = self.guests.get(number)
        if guest is None or not guest.lives:
            return
        need, others = self.need(guest, guest.ends_on, days), self.others(guest.bed, guest.ends_on, number)
        answer = stays_on(need, guest.bed, others, guest.nights.begins)
        if answer.fits:
            ends = answer.ends if guest.nights.ends else None
            longer = Block(guest.nights.begins, ends)
            self.guests[number] = replace(guest, nights=longer, ends_on=guest.ends_on + timedelta(days=days))

    @rule(number=st.integers(0, 9), after=st.integers(0, 40))
    def leave_or_decline(self, number: int, after: int) -> None:
        guest = self.guests.pop(number, None)
        if guest and guest.lives:
            self.moved_out.add(number)
            slept = finish(guest.nights, guest.nights.begins + timedelta(days=after))
            if slept:
                self.closures.append((guest.bed, slept))  # nights that were slept stay taken

    @rule(bed=st.sampled_from(BEDS), ahead=st.integers(0, 60), days=st.integers(1, 30))
    def put_out_of_use(self, bed: Bed, ahead: int, days: int) -> None:
        closure = Block(day(self.today + ahead), day(self.today + ahead + days), "closure")
        others = self.others(bed, closure.begins, -1)
        if not any(overlaps(block, closure.begins, closure.ends) for block in others.blocks):
            self.closures.append((bed, closure))

    @rule(at=st.integers(0, 9))
    def come_back_into_use(self, at: int) -> None:
        planned = [entry for entry in self.closures if entry[1].kind == "closure"]
        if planned:
            self.closures.remove(planned[at % len(planned)])

    @rule(one=st.integers(0, 9), other=st.integers(0, 9))
    def name_a_conflict(self, one: int, other: int) -> None:
        if one != other:
            self.conflicts.add(frozenset((UUID(int=one + 1), UUID(int=other + 1))))
            self._note_who_cannot_be_parted()

    @rule(number=st.integers(0, 9))
    def establish_another_age(self, number: int) -> None:
        guest = self.guests.get(number)
        if guest:
            self.guests[number] = replace(guest, age_group="child" if guest.age_group == "adult" else "adult")
            self._note_who_cannot_be_parted()

    @rule(days=st.integers(1, 30))
    def time_goes_by(self, days: int) -> None:
        self.today += days

    def _note_who_cannot_be_parted(self) -> None:
        self.could_not_be_parted |= {
            frozenset((one.case_id, other.case_id)) for one, other in self._living() if self._in_conflict(one, other)
        }

    def _living(self) -> list[tuple[Guest, Guest]]:
        """Pairs who live in the house on a night that both have."""
        living = [guest for guest in self.guests.values() if guest.lives]
        return [
            (one, other)
            for one, other in combinations(living, 2)
            if overlaps(one.nights, other.nights.begins, other.nights.ends)
        ]

    def _in_conflict(self, one: Guest, other: Guest) -> bool:
        in_room = one.bed.room_id == other.bed.room_id
        return frozenset((one.case_id, other.case_id)) in self.conflicts or (in_room and any(room_mates(one, other)))

    @invariant()
    def never_two_stays_in_a_bed_a_night(self) -> None:
        taken = [*self.closures, *((guest.bed, guest.nights) for guest in self.guests.values())]
        for (bed, nights), (other, later) in combinations(taken, 2):
            assert bed != other or not overlaps(nights, later.begins, later.ends)

    @invariant()
    def never_a_man_in_a_womens_room(self) -> None:
        for one, other in self._living():
            assert one.bed.room_id != other.bed.room_id or one.sex == other.sex

    @invariant()
    def never_two_named_conflicts_in_one_house_unless_both_lived_there_before(self) -> None:
        for one, other in self._living():
            pair = frozenset((one.case_id, other.case_id))
            assert not self._in_conflict(one, other) or pair in self.could_not_be_parted

    @invariant()
    def who_lives_there_and_fits_no_more_is_marked(self) -> None:
        placed = [
            Placed(UUID(int=number), guest.bed.bed_id, guest.as_resident(), self.conflicts_of(guest.case_id))
            for number, guest in self.guests.items()
        ]
        marked = {stay_id.int for stay_id in misfits(placed)}
        for (first, one), (second, other) in combinations(self.guests.items(), 2):
            if overlaps(one.nights, other.nights.begins, other.nights.ends) and self._in_conflict(one, other):
                expected = {first, second} if one.lives == other.lives else {second if one.lives else first}
                assert expected <= marked

    @invariant()
    def nobody_is_put_out(self) -> None:
        assert {number for number, guest in self.guests.items() if guest.lives} == self.moved_in - self.moved_out


TestLifeOfAHouse = LifeOfAHouse.TestCase
TestLifeOfAHouse.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
