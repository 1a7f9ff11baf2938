"""Nights and beds out of use on the pages (S5, S6; SH-5, SH-9)."""

from collections.abc import Mapping, Sequence

from staffui.ask import Asked
from staffui.catalogue import Language, text
from staffui.pages import Board, Facts, Form, List, Object, Start, shown
from staffui.view import Option

from shelter.answers.houses import ClosureAnswer, FacilityAnswer
from shelter.domain.care import CLOSURE as MACHINE

FACILITIES = List(
    "/facilities",
    "/api/facilities",
    FacilityAnswer,
    shown(FacilityAnswer, "operator:agency code takes track protected beds"),
    aside=True,
)


async def own_beds(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """Every bed of the own houses, in the order of their rooms (SH-7)."""
    beds = (await asked.get("/api/board", {"nights": 1}))["beds"]
    names = ("facility", "room", "bed")
    return [Option(bed["bed_id"], text(language, "board.place", **{name: bed[name] for name in names})) for bed in beds]


BOARD = Board("/board", "/api/board", stays="/stays/{id}", closures="/closures/{id}")
CLOSURES = List(
    "/closures",
    "/api/closures",
    ClosureAnswer,
    shown(ClosureAnswer, "reason state:tag:closure begins returns_on:clock effective_at"),
    filters={"state": ("open", "ended")},
    opens="/closures/{id}",
    machine=MACHINE,
    begins=(
        Start(
            "/closures/new",
            "act.closure.close_bed",
            Form(choices={"bed_id": own_beds}),
            api="/api/beds/{bed_id}/closures",
        ),
    ),
)
CLOSURE = Object(
    "/closures/{closure_id}",
    "/api/closures/{closure_id}",
    ClosureAnswer,
    MACHINE,
    back="/closures",
    cards=(Facts("closure", shown(ClosureAnswer, "reason begins returns_on effective_at")),),
    sent_to={"end": "end", "move_return": "return-date"},
)
