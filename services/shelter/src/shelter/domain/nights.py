"""Nights of a bed. A block takes a bed from one day up to another, that day's night excluded.

No end means *until somebody decides*. The database refuses overlapping blocks (SH-5); these functions find those that
it will accept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.errors import NotPossible


@dataclass(frozen=True)
class Block:
    """Nights of one bed that a stay or a closure holds."""

    begins: date
    ends: date | None
    kind: str = "stay"

    def __post_init__(self) -> None:
        if self.ends is not None and self.ends <= self.begins:
            raise ValueError("a block has at least one night")


def overlaps(block: Block, begins: date, ends: date | None) -> bool:
    """Whether the block holds a night of the span."""
    return (block.ends is None or begins < block.ends) and (ends is None or block.begins < ends)


def tonight_too(block: Block, today: date, *, since: date) -> Block:
    """SH-3: who lives in a bed has it tonight, also when its nights were planned otherwise; for weighing tonight."""
    if block.ends is None or block.ends > today or since != today:
        return block
    return Block(today, today + timedelta(days=1), block.kind)


def clash(blocks: Sequence[Block], begins: date, ends: date | None) -> Block | None:
    """The first block that holds a night of the span."""
    met = [block for block in blocks if overlaps(block, begins, ends)]
    return min(met, key=lambda block: block.begins, default=None)


def hold_exactly(blocks: Sequence[Block], begins: date, ends: date) -> None:
    """SH-5, SH-9: a closure takes these nights and no other. NotPossible `bed_taken` or `bed_out_of_use`."""
    met = clash(blocks, begins, ends)
    if met:
        raise _refused(met)


def finish(taken: Block, left_on: date) -> Block | None:
    """The nights that were slept: up to the day of leaving, never past what was taken.

    Leaving is never refused, also when it is entered late (SH-2). None when the person left on the day of arrival.
    """
    ends = left_on if taken.ends is None else min(left_on, taken.ends)
    return Block(taken.begins, ends, taken.kind) if ends > taken.begins else None


def _refused(met: Block) -> NotPossible:
    nights = {"held_from": str(met.begins), "held_until": str(met.ends) if met.ends else None}
    if met.kind == "closure":
        return NotPossible("bed_out_of_use", "The bed is out of use on some of these nights.", facts=nights)
    return NotPossible("bed_taken", "Somebody else has the bed on some of these nights.", facts=nights)
