"""The three persons of a decision: nothing done yet, the first part the reader's own, all done (C13)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.patterns.objects import middle
from staffui.patterns.saying import Saying
from staffui.view import Hand, ObjectPage


def _hands(say: Saying, done: int, *, yours: bool = False) -> list[Hand]:
    """Three parts, of which some are done; the reader has done the first or none."""
    by = say("Fond, sorğu hazırlayan", "Fund, requester", "Фонд, составитель заявок")
    can = say("Bunu edə bilən rol: təsdiq edən", "Role that can do this: approver", "Кто может: одобряющий")
    not_you = say("Bu sorğunu Siz hazırlamısınız.", "You requested this.", "Эту заявку составили Вы.") if yours else ""
    bound = say("Təsdiq olunan məzmun: 3f9a01c2", "What was approved: 3f9a01c2", "Одобрено: 3f9a01c2")
    words = (
        say("Sorğu təqdim edilib", "Requested", "Заявка подана"),
        say("Təsdiq", "Approval", "Одобрение"),
        say("Ödənişə icazə", "Release", "Разрешение выплаты"),
    )
    at = say("27.11.2026, 11:26", "27 November 2026, 11:26", "27.11.2026, 11:26")
    return [
        Hand(one, by, at, "2026-11-27T11:26:00+04:00", yours=yours and number == 0, bound=bound if number == 1 else "")
        if number < done
        else Hand(one, can, not_you=not_you)
        for number, one in enumerate(words)
    ]


def _hands_done(say: Saying) -> ObjectPage:
    return replace(middle(say), hands=_hands(say, 3))


def _hands_yours(say: Saying) -> ObjectPage:
    return replace(middle(say), hands=_hands(say, 1, yours=True))


def _hands_waiting(say: Saying) -> ObjectPage:
    return replace(middle(say), hands=_hands(say, 0))


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "object-hands-waiting": _hands_waiting,
    "object-hands-yours": _hands_yours,
    "object-hands-done": _hands_done,
}
