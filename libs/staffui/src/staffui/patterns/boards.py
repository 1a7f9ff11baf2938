"""The board of beds: a fortnight, a month, no beds at all."""

from collections.abc import Callable, Mapping

from staffui.patterns.saying import HOSTILE, Saying
from staffui.view import Bed, BoardPage, Column, Link, Night, Room

_DAYS = (
    ("B.e.", "Mon", "пн"),
    ("Ç.a.", "Tue", "вт"),
    ("Ç.", "Wed", "ср"),
    ("C.a.", "Thu", "чт"),
    ("C.", "Fri", "пт"),
    ("Ş.", "Sat", "сб"),
    ("B.", "Sun", "вс"),
)


def _beds(say: Saying, nights: int) -> list[Bed]:
    free = say("Boş", "Free", "Свободно")
    late = say("07EJ-E7JA · Qərar gecikir", "07EJ-E7JA · Overdue a decision", "07EJ-E7JA · Решение просрочено")
    comes = say("K7F3-XA22 · Gəlir", "K7F3-XA22 · Arrives", "K7F3-XA22 · Прибывает")
    leaves = say("K7F3-XA22 · Gedir", "K7F3-XA22 · Leaves", "K7F3-XA22 · Уезжает")
    closed = say("Təmir", "Repairs", "Ремонт")
    name = say("Çarpayı", "Bed", "Место")
    rest = nights - 4
    return [
        Bed(f"{name} 1", [Night(late, "late", "/stays/1", nights)]),
        Bed(
            f"{name} 2",
            [
                Night(free, "free", "/stays?fits=2"),
                Night(comes, "comes", "/stays/2", 3),
                Night(comes, "taken", "/stays/2", rest),
            ],
        ),
        Bed(
            f"{name} 3",
            [
                Night(leaves, "leaves", "/stays/3", 2),
                Night(free, "free", None, 2),
                Night(closed, "closed", "/closures/1", rest),
            ],
        ),
        Bed(f"{name} 4", [Night(free, "free", None, nights)]),
    ]


def _board(say: Saying, nights: int) -> BoardPage:
    room = say("Otaq", "Room", "Комната")
    return BoardPage(
        title=say("Çarpayılar", "Beds", "Места"),
        caption=say(
            f"{nights} gecə, 30.11.2026-dan", f"{nights} nights from 30 November 2026", f"Ночей: {nights}, с 30.11.2026"
        ),
        columns=[
            Column(f"{say(*_DAYS[night % 7])} {30 - 30 * (night > 0) + night}.{11 + (night > 0)}")
            for night in range(nights)
        ],
        rooms=[Room(f"{room} 1", _beds(say, nights)), Room(f"{room} 2", _beds(say, nights)[1:])],
        totals=[say(f"Boş: {night % 4}", f"Free: {night % 4}", f"Свободно: {night % 4}") for night in range(nights)],
        ranges=[
            Link(say(f"{n} gecə", f"{n} nights", f"{n} ночей"), f"/board?nights={n}", n == nights) for n in (7, 14, 28)
        ],
        earlier="/board?from=2026-11-16",
        later="/board?from=2026-12-14",
        empty="",
    )


def _empty(say: Saying) -> BoardPage:
    words = say("Hələ heç bir çarpayı yoxdur.", "There are no beds yet.", "Мест пока нет.")
    return BoardPage(say("Çarpayılar", "Beds", "Места"), "", [], [], [], [], "/board", "/board", words)


def _hostile(say: Saying) -> BoardPage:
    rooms = [Room(HOSTILE[0], [Bed(text, [Night(text, "taken", "/x", 2)]) for text in HOSTILE])]
    return BoardPage(
        HOSTILE[4], HOSTILE[1], [Column(HOSTILE[0]), Column(HOSTILE[2])], rooms, HOSTILE[3:5], [], "/a", "/b", ""
    )


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "board": lambda say: _board(say, 14),
    "board-week": lambda say: _board(say, 7),
    "board-month": lambda say: _board(say, 28),
    "board-empty": _empty,
    "board-hostile": _hostile,
}
