"""A small national year through all services: every referral decided, every count the file's own, nothing parked.

Last of the stories: it joins agencies' systems by agreements of its own.
"""

import pytest
from player.national.compare import differences
from player.national.generate import generate
from player.national.play import play, read_year
from player.national.referral import figures_of
from player.stack import find_stack

from . import platform

YEAR = 2022  # in which no other story reports anybody


@pytest.mark.timeout(600)
async def test_a_small_national_year_is_counted_as_the_file_counts_it() -> None:
    """ID-1, ID-7, ID-8, ID-9, CO-1: referred on the bus, opened and decided over HTTP, told to the systems."""
    referrals = generate(40, YEAR, seed=5)
    assert {name for name, number in figures_of(referrals).items() if number == 0} == set()
    parked = {name: parked for name, (_, parked) in platform.waiting_and_parked().items()}
    played: list[int] = []
    stack = find_stack()
    outcome = await play(stack, referrals, lambda: played.append(1), lambda: platform.settled(300))
    assert not outcome.errors
    assert len(played) == 40
    assert differences(referrals, await read_year(stack, YEAR), outcome) == []
    assert {name: parked for name, (_, parked) in platform.waiting_and_parked().items()} == parked
