"""What stands beside the form of a decision: facts of the object in a line each."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from staffui import words_of
from staffui.cells import cell
from staffui.objects import model_of
from staffui.pages import Facts, Form, Object
from staffui.view import Cell
from staffui.visit import Visit


def beside(visit: Visit, page: Object, form: Form, answer: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    """The fields that the form names; what the viewer is not shown is left out."""
    for name, facts in form.lines.items():
        if name not in answer:
            continue
        label = words_of.field(visit.language, name)
        if isinstance(answer[name], list) and facts.fields[0].name != name:
            model = model_of(page.shape, name)
            lines = [_line(visit, facts, model, item) for item in answer[name]]
            yield label, Cell("", "list", items=lines) if lines else Cell(visit.text("ui.none"), "unknown")
        else:
            yield label, cell(visit.reader, page.shape, facts.fields[0], answer)


def _line(visit: Visit, facts: Facts, model: type[BaseModel], item: Mapping[str, Any]) -> str:
    filled = [one for one in facts.fields if item.get(one.name) not in (None, [], "")]
    cells = [cell(visit.reader, model, one, item) for one in filled]
    return " · ".join(", ".join(one.items) or one.text for one in cells)
