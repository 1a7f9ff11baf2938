"""An opinion in a joint assessment, or a dissent, with its reasons (ID-8). Pure."""

from collections.abc import Sequence

from chassis.errors import Fault, Invalid, NotPossible


def reasons_of(stance: str, reasons_for: Sequence[str], reasons_against: Sequence[str]) -> Sequence[str]:
    """The reasons of the stance. Invalid `reasons_do_not_fit` where there are none, or some of the other stance."""
    own, other = (reasons_for, reasons_against) if stance == "victim" else (reasons_against, reasons_for)
    if not own or other:
        where = "body.reasons_for" if stance == "victim" else "body.reasons_against"
        faults = [Fault(where, "reasons_do_not_fit", "an opinion has reasons of its own stance alone")]
        raise Invalid("reasons_do_not_fit", "An opinion needs reasons that fit it.", faults=faults)
    return own


def check_not_own(authority: str, agency: str) -> None:
    """NotPossible `own_decision`: nobody dissents from a decision of the own agency, which is revoked or reopened."""
    if authority == agency:
        raise NotPossible("own_decision", "Your agency decided this; it revokes or reopens instead of dissenting.")
