"""The public statement: money by source and by use; persons in small groups are not shown (FU-10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Use:
    """Payments of one use in the period; `persons` and `amount_qepik` are None when the group is too small to show."""

    use: str
    persons: int | None
    amount_qepik: int | None

    @property
    def suppressed(self) -> bool:
        return self.persons is None


def suppress_small(uses: Sequence[Use], threshold: int) -> list[Use]:
    """Hide persons and amount of groups of 1 to threshold − 1 persons (FU-10).

    When exactly one group would be hidden, it could be computed from the total: the smallest shown one is hidden too.
    """
    hidden = {use.use for use in uses if use.persons and use.persons < threshold}
    if len(hidden) == 1:
        others = [use for use in uses if use.persons and use.use not in hidden]
        hidden |= {use.use for use in sorted(others, key=lambda use: use.persons or 0)[:1]}
    return [replace(use, persons=None, amount_qepik=None) if use.use in hidden else use for use in uses]


def total_of(uses: Sequence[Use], persons: int, threshold: int) -> Use:
    """All uses together, each person once; hidden when it is itself a small group (FU-10)."""
    total = Use("total", persons, sum(use.amount_qepik or 0 for use in uses))
    return Use("total", None, None) if 0 < persons < threshold else total
