"""Identity behind its veil (C10, I13): opened for a purpose, shown once, and corrected from there (ID-13, NO-2)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from staffui import formats, forms, words_of
from staffui.ask import Answer, Asked
from staffui.asking import questions
from staffui.catalogue import Language, text
from staffui.pages import Choices, Form, Typed
from staffui.view import Act, Card, Cell, Link, ObjectPage

from identification.pages import choices

_CHANGES = ("set_safe_contact", "correct_identity", "set_representative")
_VERSIONED = ("set_safe_contact", "correct_identity")
"""Acts on the version of the person, which only somebody who has opened the identity knows."""
_CLEARABLE = (
    *("prs_FirstName", "prs_SecondName", "prs_MiddleName", "prs_Birthdate", "prs_Gender", "prs_Citizenship"),
    *("prs_IdentityNumber", "prs_MobilePhone", "prs_Email", "prs_MailingCity", "prs_MailingStreet"),
)
CHOICES: Mapping[str, Choices] = {
    "prs_Gender": choices.of_field("prs_Gender"),
    "cleared": choices.fields(*_CLEARABLE),
}


def of_standard(name: str) -> Any:
    """A field of the standard: its place in the body of the API."""
    return Field(default=None, alias=f"htcds.{name}")


class Known(BaseModel):
    """Who the person is, by fields of the standard; all may stay empty."""

    model_config = ConfigDict(populate_by_name=True)

    prs_FirstName: str | None = of_standard("prs_FirstName")
    prs_SecondName: str | None = of_standard("prs_SecondName")
    prs_MiddleName: str | None = of_standard("prs_MiddleName")
    prs_Birthdate: date | None = of_standard("prs_Birthdate")
    prs_Gender: str | None = of_standard("prs_Gender")
    prs_IdentityNumber: str | None = of_standard("prs_IdentityNumber")
    prs_MobilePhone: str | None = of_standard("prs_MobilePhone")


class Corrected(Known):
    """What is corrected. An empty answer changes nothing; `cleared` takes fields away."""

    version: int
    prs_Email: str | None = of_standard("prs_Email")
    prs_MailingCity: str | None = of_standard("prs_MailingCity")
    prs_MailingStreet: str | None = of_standard("prs_MailingStreet")
    cleared: list[str] = Field(default=[])


def _corrects(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    body = forms.body(questions(Corrected, frozenset(CHOICES)) or [], typed)
    cleared = body.pop("cleared", [])
    return "identity", body | {"htcds": dict.fromkeys(cleared) | body.get("htcds", {})}


async def _draws(api: Asked, ids: Mapping[str, str], language: Language, answer: Answer) -> ObjectPage:
    """The person, and what can be changed of them now. The title names nobody."""
    case = await api.get("/api/cases/{case_id}".format(**ids))
    allowed = {one["action"] for one in case.get("actions") or [] if one["allowed"]}
    own = [name for name in _CHANGES if name in allowed]
    return ObjectPage(
        title=text(language, "object.identity"),
        state=Cell(case["case_ref"]),
        back=Link(case["case_ref"], "/cases/{case_id}".format(**ids)),
        lead=text(language, "ui.shown_minutes"),
        acts=[_act(language, ids, name, answer["version"]) for name in own],
        cards=[Card(text(language, key), rows) for key, rows in _cards(language, answer)],
        past=None,
    )


def _act(language: Language, ids: Mapping[str, str], action: str, version: int) -> Act:
    query = f"?version={version}" if action in _VERSIONED else ""
    return Act(words_of.act(language, "case", action), f"/cases/{ids['case_id']}/{action}{query}")


def _cards(language: Language, answer: Answer) -> Iterator[tuple[str, Sequence[tuple[str, Cell]]]]:
    yield (
        "card.identity",
        [(words_of.field(language, name), _cell(language, name, of)) for name, of in answer["htcds"].items()],
    )
    if answer["account"]:
        yield "card.account", [(words_of.field(language, "what_happened"), Cell(answer["account"]))]
    yield "card.safe_contact", _rows(language, answer["safe_contact"])
    yield "card.representative", _rows(language, answer["representative"])


def _rows(language: Language, of: Mapping[str, Any] | None) -> Sequence[tuple[str, Cell]]:
    if not of:
        return [(text(language, "ui.none_recorded"), Cell(text(language, "ui.none"), "unknown"))]
    return [(words_of.field(language, name), _cell(language, name, value)) for name, value in of.items() if value]


def _cell(language: Language, name: str, value: object) -> Cell:
    if isinstance(value, bool):
        return Cell(text(language, "ui.yes" if value else "ui.no"))
    if isinstance(value, list):
        items = [words_of.code(language, name, str(one)) for one in value]
        return Cell(", ".join(items), "list", items=items)
    if name == "prs_Birthdate":
        return Cell(formats.day(language, date.fromisoformat(str(value))), "day", machine=str(value))
    return Cell(words_of.code(language, name, str(value)))


READING = Form(draws=_draws)
CORRECTION = Form(model=Corrected, sends=_corrects)
