"""SH-5 and SH-3 over random lives of a bed: nights never overlap, and no clock puts anybody out."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from chassis.errors import NotPossible
from hypothesis import given, settings
from hypothesis import strategies as st
from shelter.domain import nights
from shelter.domain.nights import Block
from shelter.domain.stays import Stay, is_overdue, view

FIRST = date(2024, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_block_has_a_night() -> None:
    with pytest.raises(ValueError, match="at least one night"):
        Block(day(1), day(1))


def test_a_stay_holds_its_bed_until_what_is_planned_sh_3() -> None:
    """SH-3: nothing planned means no end, so an overdue stay keeps its bed; else up to the next block."""
    assert nights.hold([], day(0), day(30)) == Block(day(0), None)
    later = Block(day(40), day(50), "closure")
    assert nights.hold([later], day(0), day(30)) == Block(day(0), day(40))
    assert nights.hold([Block(FIRST - timedelta(days=9), day(0))], day(0), day(30)) == Block(day(0), None)


def test_the_refusal_names_the_nights_sh_5() -> None:
    """SH-5: a bed that somebody holds or that is out of use says which and from when."""
    with pytest.raises(NotPossible) as taken:
        nights.hold([Block(day(29), None)], day(0), day(30))
    assert (taken.value.code, taken.value.facts["held_from"]) == ("bed_taken", "2024-01-30")
    with pytest.raises(NotPossible) as closed:
        nights.hold([Block(day(5), day(9), "closure")], day(0), day(30))
    assert closed.value.code == "bed_out_of_use"
    assert closed.value.facts["held_until"] == "2024-01-10"


def test_an_extension_needs_the_bed_for_longer_sh_1() -> None:
    """SH-1, SH-5: with no end the bed is there; with a closure planned the decider is told from when."""
    closed = Block(day(40), day(50), "closure")
    assert nights.lengthen(Block(day(0), None), [], day(60)) == Block(day(0), None)
    assert nights.lengthen(Block(day(0), day(40)), [closed], day(35)) == Block(day(0), day(40))
    assert nights.lengthen(Block(day(0), day(40)), [], day(60)) == Block(day(0), None)
    with pytest.raises(NotPossible):
        nights.lengthen(Block(day(0), day(40)), [closed], day(60))


def test_leaving_frees_the_nights_that_were_not_slept() -> None:
    assert nights.finish(Block(day(0), None), day(3)) == Block(day(0), day(3))
    assert nights.finish(Block(day(0), None), day(0)) is None
    assert nights.finish(Block(day(0), day(5)), day(9)) == Block(day(0), day(5))


@dataclass
class Life:
    """One bed and the stays in it, moved by the same functions as the service."""

    blocks: dict[int, Block] = field(default_factory=dict)
    stays: dict[int, Stay] = field(default_factory=dict)

    def others(self, stay: int) -> list[Block]:
        return [block for number, block in self.blocks.items() if number != stay]

    def admit(self, number: int, begins: int, days: int) -> None:
        until = day(begins + days)
        self.blocks[number] = nights.hold(self.others(number), day(begins), until)
        self.stays[number] = Stay("admitted", "adult", day(begins), until)

    def extend(self, number: int, days: int) -> None:
        stay = self.stays[number]
        assert stay.ends_on
        until = stay.ends_on + timedelta(days=days)
        self.blocks[number] = nights.lengthen(self.blocks[number], self.others(number), until)
        self.stays[number] = replace(stay, ends_on=until)

    def leave(self, number: int, after: int) -> None:
        stay = self.stays[number]
        assert stay.counted_from
        taken = nights.finish(self.blocks.pop(number), stay.counted_from + timedelta(days=after))
        if taken:
            self.blocks[number] = taken
        self.stays[number] = replace(stay, state="ended", how="left")


acts = st.lists(
    st.tuples(st.sampled_from(["admit", "extend", "leave", "close", "clock"]), st.integers(0, 400), st.integers(0, 90)),
    max_size=40,
)


@settings(max_examples=300)
@given(acts)
def test_no_two_blocks_overlap_and_no_clock_puts_anybody_out_sh_5_sh_3(todo: list[tuple[str, int, int]]) -> None:
    """SH-5, SH-3: in any order of acts, late entries too, a night has one holder; only leaving ends a stay."""
    life, today, refusals = Life(), FIRST, set[str]()
    for number, (act, begins, days) in enumerate(todo):
        admitted = [n for n, stay in life.stays.items() if stay.state == "admitted"]
        before = dict(life.stays)
        try:
            if act == "admit":
                life.admit(number, begins, max(days, 1))
            elif act == "close":
                closure = Block(day(begins), day(begins + max(days, 1)), "closure")
                if not nights.clash(list(life.blocks.values()), closure.begins, closure.ends):
                    life.blocks[number] = closure
            elif act == "extend" and admitted:
                life.extend(admitted[begins % len(admitted)], max(days, 1))
            elif act == "leave" and admitted:
                life.leave(admitted[begins % len(admitted)], days)
            elif act == "clock":
                today = max(today, day(begins))
                assert life.stays == before
        except NotPossible as refused:
            refusals.add(refused.code)
        assert refusals <= {"bed_taken", "bed_out_of_use"}
        assert_nights_are_single(life)
        for taken, stay in life.stays.items():
            if stay.state == "admitted":
                assert taken in life.blocks
                assert is_overdue(stay, today) == (view(stay, today) == "overdue_decision")


def assert_nights_are_single(life: Life) -> None:
    blocks = sorted(life.blocks.values(), key=lambda block: block.begins)
    for earlier, later in pairwise(blocks):
        assert not nights.overlaps(earlier, later.begins, later.ends)
