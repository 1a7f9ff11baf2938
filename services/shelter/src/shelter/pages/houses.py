"""Nights and beds out of use on the pages (S5, S6; SH-5, SH-9)."""

from staffui.pages import Board, Facts, List, Object, shown

from shelter.answers.houses import ClosureAnswer
from shelter.domain.care import CLOSURE as MACHINE

BOARD = Board("/board", "/api/board", stays="/stays/{id}", closures="/closures/{id}")
CLOSURES = List(
    "/closures",
    "/api/closures",
    ClosureAnswer,
    shown(ClosureAnswer, "reason state:tag:closure begins returns_on:clock effective_at"),
    filters={"state": ("open", "ended")},
    opens="/closures/{id}",
    machine=MACHINE,
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
