"""The search for the same person runs by itself; then the case is opened or joined (I4; ID-18)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language, text
from staffui.forms import first
from staffui.pages import Form, Typed
from staffui.questions import Question
from staffui.view import Option

from identification.domain.cases import ENDED

_VERDICT = "verdicts."
_JOINS = "join"
_VERDICTS = ("same", "not_same", "cannot_say")


async def _makes(api: Asked, ids: Mapping[str, str], language: Language, typed: Typed) -> Sequence[Question]:
    """Every candidate with the reasons and masked values; the report joins a case, or a case is opened."""
    found = await api.post("/api/reports/{report_id}/same-person-search".format(**ids), {}, str(uuid4()))
    note = "ui.candidates_more" if found["more"] else "ui.candidates" if found["candidates"] else "ui.no_candidates"
    return [
        Question("search_id", "search_id", "hidden", default=found["search_id"]),
        Question("candidates", "", "note", label=text(language, note)),
        *(_candidate(language, one) for one in found["candidates"]),
    ]


def _candidate(language: Language, one: Mapping[str, Any]) -> Question:
    parts = (one["case_ref"], one["masked_name"], str(one["birth_year"] or ""))
    reasons = [words_of.code(language, "reasons", reason) for reason in one["reasons"]]
    state = words_of.state(language, "case", one["status"])
    name = f"{_VERDICT}{one['case_id']}"
    return Question(
        name,
        name,
        "radios",
        label=" · ".join(part for part in parts if part),
        hint=f"{', '.join(reasons)}. {state}",
        options=_options(language, one["status"]),
    )


def _options(language: Language, status: str) -> Sequence[Option]:
    """The report joins a case that goes on; after one that has ended the person gets a new one."""
    joins = [] if status in ENDED else [Option(_JOINS, text(language, "code.verdicts.join"))]
    return [*joins, *(Option(code, words_of.code(language, "verdicts", code)) for code in _VERDICTS)]


def _sends(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    verdicts = {name.removeprefix(_VERDICT): first(typed, name) for name in typed if name.startswith(_VERDICT)}
    known = next((case_id for case_id, verdict in verdicts.items() if verdict == _JOINS), None)
    search = {"search_id": first(typed, "search_id")}
    if known:
        return "attachment", search | {"case_id": known}
    return "case", search | {"verdicts": {case_id: verdict for case_id, verdict in verdicts.items() if verdict}}


SAME_PERSON = Form(makes=_makes, sends=_sends, after="/cases/{id}")
