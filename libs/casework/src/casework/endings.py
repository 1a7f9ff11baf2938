"""How a case ended, as far as it matters to what began in it (ID-9)."""

from chassis.errors import NotPossible

WITHDRAWN = "withdrawn"
"""The person withdrew from the mechanism; a case that was closed or transferred abroad lets what began go on."""
CASE_WITHDRAWN = "case_withdrawn"
WHY_NOTHING_NEW = "The person withdrew from the mechanism, so nothing new begins in the case."


def require_not_withdrawn(outcome: str | None) -> None:
    """NotPossible `case_withdrawn`: no place, claim, bar by decision, permit or return begins there any more."""
    if outcome == WITHDRAWN:
        raise NotPossible(CASE_WITHDRAWN, WHY_NOTHING_NEW)
