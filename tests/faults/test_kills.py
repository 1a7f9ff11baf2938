"""A short selection of `make faults`."""

from .kills import kills
from .scenarios import relay_leader_paused_past_its_lock


async def test_whatever_dies_each_act_has_its_effects_once_and_in_order() -> None:
    outcome = await kills(40, seed=4, announce=lambda _: None)
    assert outcome.findings.broken == []
    assert outcome.findings.acts > 0
    assert outcome.kills.total() >= 40


async def test_a_leader_that_is_woken_with_rows_in_hand_publishes_nothing_stale() -> None:
    trial = await relay_leader_paused_past_its_lock(lambda _: None, rounds=1)
    assert trial.findings.broken == []
    assert trial.findings.acts > 0
