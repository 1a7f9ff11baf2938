"""What narrows a list: filters, boxes that are typed in, a period, and chips of what is set."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from casework.calendar import BAKU, local_date

from staffui import formats, words_of
from staffui.cells import reference
from staffui.pages import List
from staffui.view import Chip, Filter, Option
from staffui.visit import Visit

_PERIOD = "since"
_ONE_DAY = timedelta(days=1)


def query_of(visit: Visit, page: List) -> Mapping[str, str]:
    """What the address sets; the list’s own period where neither a period nor a case is set."""
    query = {name: value for name, value in visit.query.items() if value}
    if page.days and _PERIOD not in visit.query and "case_id" not in query:
        query[_PERIOD] = (local_date(visit.now) - timedelta(days=page.days - 1)).isoformat()
    return query


def sent(page: List, query: Mapping[str, str]) -> Mapping[str, str]:
    """The query as the API takes it: of a day its first moment, or its end."""
    return {name: _moment(page, name, value) for name, value in query.items()}


def _moment(page: List, name: str, value: str) -> str:
    kind = page.boxes.get(name, "text")
    day = _day(value) if kind in ("from_day", "to_day") else None
    if day is None:
        return value  # what is no day goes on, so that the API names the fault
    first = datetime.combine(day if kind == "from_day" else day + _ONE_DAY, time(), tzinfo=BAKU)
    return first.isoformat()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def filters(visit: Visit, page: List, chosen: Mapping[str, str]) -> Sequence[Filter]:
    """Those with codes to choose from, then those that are typed."""
    selects = [_filter(visit, page, name, chosen.get(name)) for name, codes in page.filters.items() if codes]
    boxes = [
        Filter(name, words_of.field(visit.language, name), typed=chosen.get(name, ""), is_day=kind != "text")
        for name, kind in page.boxes.items()
    ]
    return [*selects, *boxes]


def chips(visit: Visit, page: List, chosen: Mapping[str, str]) -> Sequence[Chip]:
    """What is set, each with the address without it."""
    return [_chip(visit, page, name, value) for name, value in chosen.items()]


def _filter(visit: Visit, page: List, name: str, chosen: str | None) -> Filter:
    every = Option("", visit.text("ui.all"), chosen is None)
    options = [Option(code, _word(visit, page, name, code), code == chosen) for code in page.filters[name]]
    return Filter(name, words_of.field(visit.language, name), [every, *options])


def _chip(visit: Visit, page: List, name: str, value: str) -> Chip:
    words = f"{words_of.field(visit.language, name)}: {_word(visit, page, name, value)}"
    without = "" if page.days and name == _PERIOD else None  # an empty one is no period, and not the list’s own
    return Chip(words, visit.here(**{name: without, "after": None}))


def _word(visit: Visit, page: List, name: str, value: str) -> str:
    if value in ("true", "false"):
        return visit.text("ui.yes" if value == "true" else "ui.no")
    if name == "case_id":
        return reference(value)
    if name in page.boxes:
        day = None if page.boxes[name] == "text" else _day(value)
        return formats.day(visit.language, day) if day else value
    if page.words.get(name) == "did":
        return words_of.done(visit.language, value.partition(",")[0])
    machine = next((one.of for one in page.columns if one.name == name and one.kind == "tag"), "")
    if machine and value in page.filters.get(name, ()):
        return words_of.state(visit.language, machine, value)
    if name in page.words:
        return words_of.word(visit.language, page.words[name], value)
    return words_of.code(visit.language, name, value)
