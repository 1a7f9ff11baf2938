"""How a case ended, as far as it matters here (ID-9)."""

from chassis.errors import NotPossible

WITHDRAWN = "withdrawn"
"""The person withdrew from the mechanism; a case that was closed or transferred abroad changes nothing here."""
CASE_WITHDRAWN = "case_withdrawn"


def require_not_withdrawn(outcome: str | None) -> None:
    """NotPossible `case_withdrawn`: no bar by decision, no permit and no return begins there any more."""
    if outcome == WITHDRAWN:
        raise NotPossible(CASE_WITHDRAWN, "The person withdrew from the mechanism, so nothing new begins in the case.")
