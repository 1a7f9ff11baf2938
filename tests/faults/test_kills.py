"""A short selection of `make faults`."""

from .kills import kills


async def test_whatever_dies_each_act_has_its_effects_once_and_in_order() -> None:
    outcome = await kills(40, seed=4, tell=lambda _: None)
    assert outcome.findings.broken == []
    assert outcome.findings.acts > 0
    assert outcome.findings.copies <= outcome.copies_allowed
    assert outcome.kills.total() >= 40
