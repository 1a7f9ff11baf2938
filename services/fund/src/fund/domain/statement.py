"""What is counted of a year's payments, and which figures are sums of which (FU-10)."""

from collections.abc import Collection

from casework.disclosure import Relation

ALLOWANCE, NEEDS, COMPENSATION, TOTAL = "allowance", "needs", "compensation", "total"
TOTALS = frozenset({ALLOWANCE, NEEDS})
"""The totals that the annual report names."""


def relations(purposes: Collection[str]) -> tuple[Relation, ...]:
    """Statement and year laid beside each other: purposes sum to needs, and the kinds of claim to the whole."""
    return Relation(NEEDS, tuple(purposes)), Relation(TOTAL, (ALLOWANCE, NEEDS, COMPENSATION))
