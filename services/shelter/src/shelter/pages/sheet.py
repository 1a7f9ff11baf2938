"""Tonight's sheet: the residents in the order of their beds, and what each of them got (SH-6).

It can be printed with its boxes, filled in by hand and typed in later.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nrm_events.taking_part import AGENCIES
from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language, text
from staffui.forms import first
from staffui.pages import Form, Start, Typed
from staffui.questions import Question
from staffui.view import Option

from shelter.domain.codes import SERVICES
from shelter.pages.choices import by_name

_OF_STAY = "services."
_HERE = frozenset({"resident", "overdue_decision"})


async def _makes(api: Asked, ids: Mapping[str, str], language: Language, typed: Typed) -> Sequence[Question]:
    board = await api.get("/api/board", {"nights": 1})
    houses = (await api.get("/api/facilities"))["items"]
    own = next((house["operator"] for house in houses if house["code"]), "")
    services = [Option(code, words_of.code(language, "service", code)) for code in SERVICES]
    residents = [_question(language, bed, hold, services) for bed, hold in _residents(board["beds"])]
    payer = Question("payer", "payer", "select", options=by_name(language, AGENCIES), default=own)
    nobody = Question("nobody", "", "note", label=text(language, "empty.residents"))
    return [*residents, payer] if residents else [nobody]


def _residents(beds: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for bed in beds:
        yield from ((bed, hold) for hold in bed["holds"] if hold["view"] in _HERE)


def _question(
    language: Language, bed: Mapping[str, Any], hold: Mapping[str, Any], services: Sequence[Option]
) -> Question:
    name = f"{_OF_STAY}{hold['stay_id']}"
    place = text(language, "board.place", **{part: bed[part] for part in ("facility", "room", "bed")})
    return Question(name, name, "checkboxes", label=f"{hold['case_ref']} · {place}", options=services)


def _sends(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    ticked = {name.removeprefix(_OF_STAY): list(of) for name, of in typed.items() if name.startswith(_OF_STAY)}
    return "", {"services": ticked, "payer": first(typed, "payer")}


TONIGHT = Start(
    "/tonight", "act.stay.record_services", Form(makes=_makes, sends=_sends, after="/tonight"), api="/api/services"
)
