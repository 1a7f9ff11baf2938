"""Care during the stay and after it: services and payers (SH-6), hand-over and assistance (SH-8), closures (SH-9)."""

from chassis.errors import NotPossible
from chassis.machine import Machine

HANDOVER = Machine(
    "hand-over",
    "requested",
    {
        ("requested", "acknowledge"): "acknowledged",
        ("requested", "decline_handover"): "declined",
        ("requested", "withdraw"): "withdrawn",
    },
)

CLOSURE = Machine("closure", "open", {("open", "move_return"): "open", ("open", "end"): "ended"})

CONFLICT = Machine("conflict", "active", {("active", "end"): "ended"})


def check_service(service: str, age_group: str, children: int) -> None:
    """SH-6: education is for children, the person or those who came along. NotPossible `education_is_for_children`."""
    if service == "education" and age_group == "adult" and not children:
        raise NotPossible("education_is_for_children", "Education during the stay is for children.")


def check_assistance(acknowledged: bool) -> None:
    """SH-8: the assistance centre gives care once it took the support over. NotPossible `handover_not_acknowledged`."""
    if not acknowledged:
        raise NotPossible("handover_not_acknowledged", "The hand-over to your agency is not acknowledged.")


def next_answer(refused: int, addressed: int) -> str | None:
    """SH-4: the machine's action after an operator refused: only when all who were asked did is the request refused."""
    return "refuse" if refused >= addressed else None
