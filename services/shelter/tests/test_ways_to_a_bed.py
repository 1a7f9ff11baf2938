"""Every use case that writes what a place is weighed by, and why it does not go round the weighing (SH-4)."""

import ast
import inspect
from collections.abc import Iterator

from shelter import clocks
from shelter.facts.places import Weighed
from shelter.settings import PACKAGE
from shelter.use_cases import nights

WEIGHED_BY = {"nights", "bed_id", "sex", "age_group", "track", "children", "category", "protection"}
WRITERS = {
    "nights.take_bed": "requires a weighing that fits",
    "nights.keep_bed": "requires a weighing that fits",
    "nights.free_bed": "takes no night",
    "requests._requested": "has no bed yet; the offer weighs",
    "requests.end_request": "gives the bed up",
    "residence._following": "the transfer weighs it before it takes the bed",
    "reactions._change_age": "of an offer the admission weighs; of a stay the clock marks who fits no more",
    "closures.close_bed": "nights of a closure: refused where somebody has the bed",
    "closures.end_closure": "nights of a closure become fewer",
    "closures.move_return": "nights of a closure: refused where somebody has the bed",
}


def writers() -> Iterator[str]:
    """`module.function` of each that stores such a column, or makes a stay or nights."""
    for path in (PACKAGE / "use_cases").glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_writes, ast.walk(function))):
                yield f"{path.stem}.{function.name}"


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Store()):
            return name in WEIGHED_BY
        case ast.Call(func=ast.Name(id=name)):
            return name in ("Stay", "BedNightBlock")
    return False


def test_each_way_is_known_and_weighed_sh_4() -> None:
    """SH-4: a new way fails here until somebody states how it weighs."""
    of_facts = {"projections.person_facts_changed"}  # the case's own row, which `_change_age` follows
    seeded = {name for name in writers() if name.startswith("seeding.")}
    assert set(writers()) - of_facts - seeded == WRITERS.keys()


def test_nights_of_a_stay_are_taken_by_the_answer_of_a_weighing_alone_sh_4() -> None:
    """SH-4: the type requires it, and what does not fit is refused before a night is written."""
    for take in (nights.take_bed, nights.keep_bed):
        assert inspect.signature(take).parameters["place"].annotation is Weighed
        assert inspect.getsource(take).index("require_fit(place)") < inspect.getsource(take).index(".nights =")


def test_the_clock_weighs_whatever_changed_sh_4() -> None:
    """SH-4: events and conflicts need no call of their own: the clock looks at all who have a bed."""
    assert "await weigh_again(uow)" in inspect.getsource(clocks.run_clocks)
