"""Messages to persons on the pages: by state alone, never their address or text (N4; NO-1, NO-2, NO-4)."""

from typing import get_args

from staffui.pages import Facts, List, Object, shown

from notify.answers import MessageAnswer, MessageState
from notify.domain.machines import NOTIFICATION as MACHINE

MESSAGES = List(
    "/messages",
    "/api/messages",
    MessageAnswer,
    shown(MessageAnswer, "case_ref:ref state:tag:notification reason effective_at:since tries next_at"),
    filters={"state": get_args(MessageState), "case_id": ()},
    opens="/messages/{id}",
    machine=MACHINE,
)
MESSAGE = Object(
    "/messages/{message_id}",
    "/api/messages/{message_id}",
    MessageAnswer,
    MACHINE,
    back="/messages",
    way=("queued", "claimed", "sending", "sent", "delivered"),
    cards=(
        Facts(
            "message",
            shown(MessageAnswer, "reason effective_at queued_at next_at sent_at tries template:word:template"),
            known_only=True,
        ),
    ),
)
