"""Support that is handed over on the pages (S10; SH-8)."""

from typing import get_args

from staffui.pages import Facts, List, Object, shown

from shelter.answers.support import HandoverAnswer
from shelter.api.support import HandoverState
from shelter.domain.care import HANDOVER as MACHINE

_FIELDS = (
    "from_agency:agency to:agency requested_at due_at acknowledged_at declined_at decline_reason ended_at end_reason"
    " re_examine_since re_examine_reasons"
)
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
)
HANDOVER = Object(
    "/handovers/{handover_id}",
    "/api/handovers/{handover_id}",
    HandoverAnswer,
    MACHINE,
    back="/handovers",
    way=("requested", "acknowledged", "ended"),
    cards=(Facts("handover", shown(HandoverAnswer, _FIELDS)),),
    grave=("withdraw", "end_handover"),
)
