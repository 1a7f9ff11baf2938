"""Support that is handed over on the pages (S10; SH-8)."""

from collections.abc import Mapping, Sequence
from typing import get_args

from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import Facts, Form, List, Object, Paper, Start, shown
from staffui.view import Option

from shelter.answers.support import HandoverAnswer
from shelter.api.support import HandoverState
from shelter.domain.care import HANDOVER as MACHINE
from shelter.pages import care
from shelter.pages.choices import by_name

_FIELDS = (
    "from_agency:agency to:agency requested_at due_at acknowledged_at declined_at decline_reason ended_at end_reason"
    " re_examine_since re_examine_reasons"
)


async def supporters(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The agencies that support can be handed over to, by name (SH-8)."""
    found = await asked.get("/api/agencies")
    return by_name(language, [one["agency"] for one in found["items"] if one["takes_support"]])


HANDOVERS = List(
    "/handovers",
    "/api/handovers",
    HandoverAnswer,
    shown(
        HandoverAnswer, "case_ref:ref state:tag:hand_over from_agency:agency to:agency requested_at:since due_at:clock"
    ),
    filters={"state": get_args(HandoverState)},
    opens="/handovers/{id}",
    machine=MACHINE,
    begins=(Start("/handovers/new", "act.hand_over.hand_over", Form(choices={"to": supporters})),),
)
SHEET = Paper(
    "sheet",
    "paper.handover",
    HandoverAnswer,
    dated=lambda handover: str(handover["requested_at"]),
    cards=(
        Facts(
            "handover",
            shown(
                HandoverAnswer, "from_agency:agency to:agency requested_at due_at acknowledged_at ended_at end_reason"
            ),
            known_only=True,
        ),
    ),
    sentences=("handover.request", "paper.no_name"),
    signed=("paper.handed_over_by", "paper.received_by"),
    of_object=True,
)
"""It leaves the house, so neither the stay nor its place is on it (SH-7)."""
HANDOVER = Object(
    "/handovers/{handover_id}",
    "/api/handovers/{handover_id}",
    HandoverAnswer,
    MACHINE,
    back="/handovers",
    way=("requested", "acknowledged", "ended"),
    cards=(Facts("handover", shown(HandoverAnswer, _FIELDS)),),
    papers=(SHEET,),
    grave=("withdraw", "end_handover"),
    related=care.OF_THE_CASE,
)
