"""Several consents in one form, and what each recipient may read and do once they are saved (I7; ID-12).

The words are those of `/api/consent-purposes`, in the person's language where there are words in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from casework.purposes import DATA_CLASSES, PURPOSES
from chassis.errors import Fault, Invalid
from staffui import forms, words_of
from staffui.ask import Asked
from staffui.asking import questions
from staffui.catalogue import Language, text
from staffui.forms import first
from staffui.pages import Form, Typed
from staffui.questions import Question
from staffui.view import Card, Cell, FieldKind, Option, Preview

from identification import commands as c
from identification.pages import choices

_PARTS = ("recipient", "purpose", "data_class")
_LINES = 3
"""Lines that an empty form has: police, a shelter, a centre."""
_MOST = 20
_CHOSEN = frozenset({"language"})


async def _makes(api: Asked, ids: Mapping[str, str], language: Language, typed: Typed) -> Sequence[Question]:
    """A line for each recipient and purpose, one more than are filled in; then how the person was informed."""
    agencies = await choices.agencies(api, ids, language)
    filled = _filled(typed)
    lines = max(_LINES, min(_MOST, (filled[-1] + 2) if filled else 0))
    sizes = [len(_granted(typed, line)) if line in filled else 0 for line in range(lines)]
    empty = next((line for line in range(lines) if line not in filled), lines)
    places = {line: sum(sizes[:line]) for line in range(lines) if line in filled} | {empty: sum(sizes)}
    asked = [one for line in range(lines) for one in _line(language, agencies, line, places.get(line))]
    case = await api.get("/api/cases/{case_id}".format(**ids))
    return [*asked, *await _details(api, ids, language, case.get("language") or "")]


def _filled(typed: Typed) -> list[int]:
    """The lines in which something is chosen."""
    return [line for line in range(_MOST) if any(first(typed, _name(line, part)) for part in _PARTS)]


def _name(line: int, part: str) -> str:
    return f"line.{line}.{part}"


def _line(language: Language, agencies: Sequence[Option], line: int, place: int | None) -> Iterator[Question]:
    """For whom, what for, which data. `place` is that of its first grant among those that are sent."""
    purposes = [Option(one, words_of.code(language, "purpose", one)) for one in PURPOSES]
    classes = [Option(one, words_of.code(language, "data_class", one)) for one in DATA_CLASSES]
    asked: tuple[tuple[str, FieldKind, str, Sequence[Option]], ...] = (
        ("recipient", "select", "ui.consent_recipient", agencies),
        ("purpose", "select", "ui.consent_purpose", purposes),
        ("data_class", "checkboxes", "ui.consent_classes", classes),
    )
    for part, kind, key, options in asked:
        label = text(language, key, n=line + 1)
        if line and kind == "select":
            options = [Option("", text(language, "ui.consent_no_more")), *options]
        sent = f"grants.{place}.{part}" if place is not None else ""
        yield Question(_name(line, part), sent, kind, label=label, options=options, optional=line > 0)


async def _details(api: Asked, ids: Mapping[str, str], language: Language, spoken: str) -> list[Question]:
    """Who agreed, and how they were informed; the person's own language is chosen already."""
    languages = await choices.languages(api, ids, language)
    known = spoken if spoken in {one.value for one in languages} else ""
    return [
        replace(one, options=languages, default=known) if one.name == "language" else one
        for one in questions(c.ConsentDetails, _CHOSEN) or []
    ]


def _sends(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    """A grant for each class of data that a line has; one with an empty class where it has none."""
    details = forms.body(questions(c.ConsentDetails, _CHOSEN) or [], typed)
    return "consents/together", details | {"grants": [one for line in _filled(typed) for one in _granted(typed, line)]}


def _granted(typed: Typed, line: int) -> list[dict[str, str]]:
    of = {part: first(typed, _name(line, part)) for part in ("recipient", "purpose")}
    return [{**of, "data_class": one} for one in typed.get(_name(line, "data_class")) or [""]]


async def _previews(api: Asked, ids: Mapping[str, str], language: Language, typed: Typed) -> Preview:
    """For each recipient what was chosen and what it may read and do then. Invalid where a line is half empty."""
    grants = _sends(typed)[1]["grants"]
    _check_whole(grants, first(typed, "language"))
    of_person = next((one for one in get_args(Language) if one == first(typed, "language")), language)
    purposes = {one["purpose"]: one for one in (await api.get("/api/consent-purposes"))["items"]}
    case = await api.get("/api/cases/{case_id}".format(**ids))
    standing = [one for one in case.get("consents") or () if one["withdrawn_at"] is None]
    recipients = dict.fromkeys(one["recipient"] for one in grants)
    cards = [
        _card(
            of_person,
            recipient,
            grants=[one for one in grants if one["recipient"] == recipient],
            standing=[one for one in standing if one["recipient"] == recipient],
            purposes=purposes,
        )
        for recipient in recipients
    ]
    lead = "ui.preview_read_out_interpreted" if first(typed, "interpreter") == "true" else "ui.preview_read_out"
    return Preview(
        text(language, lead, spoken=words_of.code(language, "language", first(typed, "language"))),
        cards,
        language="" if of_person == language else of_person,
    )


def _check_whole(grants: Sequence[Mapping[str, Any]], spoken: str) -> None:
    """Every line has its recipient, purpose and data, and the person a language. Invalid `invalid_request`."""
    lines = grants or [dict.fromkeys(_PARTS)]
    places = [f"grants.{place}.{part}" for place, line in enumerate(lines) for part in _PARTS if not line[part]]
    places += [f"grants.{place}.purpose" for place, line in enumerate(lines) if line["purpose"] not in PURPOSES]
    if not spoken:
        places.append("language")
    if places:
        faults = [Fault(f"body.{place}", "missing", "choose") for place in places]
        raise Invalid("invalid_request", "Something is not chosen.", faults=faults)


def _card(
    language: Language,
    recipient: str,
    *,
    grants: Sequence[Mapping[str, Any]],
    standing: Sequence[Mapping[str, Any]],
    purposes: Mapping[str, Mapping[str, Any]],
) -> Card:
    """What one recipient is granted, may read and may do; last what stands already."""
    chosen = dict.fromkeys(one["purpose"] for one in grants)
    lines = _in_words(language, purposes, grants)
    already = _in_words(language, purposes, standing)
    rows = {
        "ui.preview_granted": lines,
        "ui.preview_reads": _sentences(language, [purposes[one] for one in chosen], "reads"),
        "ui.preview_does": _sentences(language, [purposes[one] for one in chosen], "does"),
        "ui.preview_stands": already,
    }
    drawn = [(text(language, key), Cell(", ".join(of), "list", items=of)) for key, of in rows.items() if of]
    return Card(words_of.agency(language, recipient), drawn)


def _in_words(
    language: Language, purposes: Mapping[str, Mapping[str, Any]], grants: Sequence[Mapping[str, Any]]
) -> list[str]:
    """A sentence for each purpose, with its classes of data."""
    classes: dict[str, list[str]] = {}
    for one in grants:
        classes.setdefault(one["purpose"], []).append(words_of.code(language, "data_class", one["data_class"]))
    return [f"{purposes[purpose]['name'][language]}: {', '.join(of)}" for purpose, of in classes.items()]


def _sentences(language: Language, purposes: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    """The sentences of these purposes, each once."""
    return list(dict.fromkeys(sentence for one in purposes for sentence in one[kind][language]))


RECORDING = Form(makes=_makes, sends=_sends, previews=_previews)
