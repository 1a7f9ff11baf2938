"""The board of nights: beds by room, nights as columns, every cell in words (C4; SH-5, SH-9)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date
from casework.calendar import local_date

from staffui import formats, words_of
from staffui.pages import Board
from staffui.view import Bed, BoardPage, Column, Link, Night, Room
from staffui.visit import Visit

RANGES = (7, 14, 28)
_DAY = timedelta(days=1)


async def board_page(visit: Visit, page: Board) -> BoardPage:
    """The nights from the day of the address, tonight if it names none."""
    found = await visit.api.get(page.api, {name: value for name, value in visit.query.items() if value})
    begins, ends = date.fromisoformat(found["from"]), date.fromisoformat(found["to"])
    nights = [begins + _DAY * number for number in range((ends - begins).days)]
    beds = sorted(found["beds"], key=lambda bed: (bed["facility"], bed["room"], bed["bed"]))
    rooms = [
        Room(visit.text("board.room", facility=facility, room=room), [_bed(visit, page, bed, nights) for bed in of])
        for (facility, room), of in groupby(beds, key=lambda bed: (bed["facility"], bed["room"]))
    ]
    return BoardPage(
        title=visit.text("page.board"),
        caption=visit.text("board.caption", first=formats.day(visit.language, begins), nights=len(nights)),
        columns=[Column(_head(visit, night)) for night in nights],
        rooms=rooms,
        totals=[visit.text("board.free", n=_free(beds, night)) for night in nights],
        ranges=[Link(visit.text("board.nights", n=n), visit.here(nights=str(n)), n == len(nights)) for n in RANGES],
        earlier=_moved(visit, begins, -len(nights)),
        later=_moved(visit, begins, len(nights)),
        empty=visit.text("empty.board"),
    )


def _head(visit: Visit, night: date) -> str:
    return format_date(night, "EEE d.MM", locale="en_GB" if visit.language == "en" else visit.language)


def _moved(visit: Visit, begins: date, nights: int) -> str:
    return visit.here(**{"from": (begins + _DAY * nights).isoformat()})


def _holds(bed: Mapping[str, Any], night: date) -> Mapping[str, Any] | None:
    for hold in bed["holds"]:
        ends = date.fromisoformat(hold["ends"]) if hold["ends"] else date.max
        if date.fromisoformat(hold["begins"]) <= night < ends:
            return dict(hold)
    return None


def _free(beds: Sequence[Mapping[str, Any]], night: date) -> int:
    return sum(_holds(bed, night) is None for bed in beds)


def _bed(visit: Visit, page: Board, bed: Mapping[str, Any], nights: Sequence[date]) -> Bed:
    return Bed(visit.text("board.bed", bed=bed["bed"]), list(_nights(visit, page, bed, nights)))


def _nights(visit: Visit, page: Board, bed: Mapping[str, Any], nights: Sequence[date]) -> Iterator[Night]:
    """Nights of one hold become one wide cell, so that its words stand once."""
    for hold, of in groupby(nights, key=lambda night: _holds(bed, night)):
        spanned = len(list(of))
        yield (
            Night(visit.text("board.is_free"), "free", None, spanned)
            if hold is None
            else _held(visit, page, hold, spanned)
        )


def _held(visit: Visit, page: Board, hold: Mapping[str, Any], nights: int) -> Night:
    if hold["closure_id"]:
        words = words_of.code(visit.language, "reason", str(hold["reason"]))
        return Night(words, "closed", page.closures.format(id=hold["closure_id"]), nights)
    view = str(hold["view"])
    words = f"{hold['case_ref']} · {words_of.code(visit.language, 'view', view)}"
    looks = "late" if view == "overdue_decision" else "comes" if view == "upcoming" else _leaving(visit, hold)
    return Night(words, looks, page.stays.format(id=hold["stay_id"]), nights)  # type: ignore[arg-type]


def _leaving(visit: Visit, hold: Mapping[str, Any]) -> str:
    """Whoever's days end within two is about to leave, or waits for an extension."""
    ends = hold["stay_ends_on"]
    return "leaves" if ends and date.fromisoformat(ends) <= local_date(visit.now) + 2 * _DAY else "taken"
