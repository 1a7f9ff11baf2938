"""SH-5: nights of a bed; who left frees them, and who lives there is there tonight (SH-3)."""

from datetime import date, timedelta

import pytest
from shelter.domain import nights
from shelter.domain.nights import Block

FIRST = date(2024, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_block_has_a_night() -> None:
    with pytest.raises(ValueError, match="at least one night"):
        Block(day(1), day(1))


def test_leaving_frees_the_nights_that_were_not_slept() -> None:
    assert nights.finish(Block(day(0), None), day(3)) == Block(day(0), day(3))
    assert nights.finish(Block(day(0), None), day(0)) is None
    assert nights.finish(Block(day(0), day(5)), day(9)) == Block(day(0), day(5))


def test_who_lives_in_a_bed_has_it_tonight_though_its_nights_are_over_sh_3() -> None:
    """SH-3: only where tonight is weighed: what is entered late was decided by the nights of then."""
    over = Block(day(0), day(5))
    assert nights.tonight_too(over, day(9), since=day(9)) == Block(day(9), day(10))
    assert nights.tonight_too(over, day(9), since=day(7)) == over
    assert nights.tonight_too(Block(day(0), None), day(9), since=day(9)) == Block(day(0), None)
