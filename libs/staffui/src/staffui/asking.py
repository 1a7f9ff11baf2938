"""The questions of a command: one for each field, by its type."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin
from uuid import UUID

from nrm_events.base import Agency
from nrm_events.taking_part import AGENCIES
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from staffui.cells import codes_of
from staffui.questions import Question
from staffui.view import FieldKind

_OWN = frozenset({"happened_at", "expected_version"})
CASE = "case_id"
"""A case is chosen by its reference, for nobody knows an id."""
_MOMENTS = frozenset[object]({datetime, AwareDatetime})
_FEW = 6
"""Codes up to which a question shows them all as radios."""
_LONG = 200
"""Characters above which a text gets an area."""


def questions(
    command: type[BaseModel], chosen: Collection[str] = (), given: Collection[str] = ()
) -> list[Question] | None:
    """The questions of a command in its order; None where one has no form, such as a list of models.

    A nested model has a question for each of its fields. `chosen` are fields for which the page has choices of its own;
    `given` is no question.
    """
    found: list[Question] = []
    for name, of in command.model_fields.items():
        if name in {*_OWN, *given}:
            continue
        model = _model_of(of)
        asked = _nested(name, of, model, chosen) if model else [_question(name, of, chosen)]
        if asked is None or None in asked:
            return None
        found += [question for question in asked if question]
    return found


def _model_of(of: FieldInfo) -> type[BaseModel] | None:
    kinds = list(plain_types(of.annotation))
    only = kinds[0] if len(kinds) == 1 and not _is_list(of.annotation) else None
    return only if isinstance(only, type) and issubclass(only, BaseModel) else None


def _nested(name: str, of: FieldInfo, model: type[BaseModel], chosen: Collection[str]) -> list[Question] | None:
    """The questions of a nested model; all can be left out where the model itself can."""
    within = f"{name}."
    inner = questions(model, {one.removeprefix(within) for one in chosen if one.startswith(within)})
    may_be_null = NoneType in get_args(of.annotation)
    return inner and [
        replace(
            one,
            name=f"{name}.{one.name}",
            sent=f"{of.alias or name}.{one.sent}",
            optional=one.optional or may_be_null,
            or_null=may_be_null and of.is_required(),
        )
        for one in inner
    ]


def _question(name: str, of: FieldInfo, chosen: Collection[str]) -> Question | None:
    kinds = set(plain_types(of.annotation))
    codes = [*AGENCIES] if _is_of_agencies(of) else codes_of(of.annotation)
    default = _default(of) if codes or kinds == {bool} else ""
    optional = not of.is_required() and not default
    most = _most(of)
    kind: FieldKind | None = None
    if name in chosen:
        kind = "checkboxes" if _is_list(of.annotation) else "select"
    elif name == CASE and kinds == {UUID}:
        kind = "text"
    elif name == "version":
        kind = "hidden"
    elif codes and _is_list(of.annotation):
        kind = "checkboxes"
    elif codes:
        kind = "radios" if len(codes) + optional <= _FEW else "select"
    elif kinds == {bool}:
        kind = "yes_no"
    elif kinds == {date}:
        kind = "area" if _is_list(of.annotation) else "date"
    elif kinds & _MOMENTS:
        kind = "date"
    elif kinds == {int}:
        kind = "money" if name.endswith("_qepik") else "number"
    elif kinds == {str} and not _is_list(of.annotation):
        kind = "area" if (most or 0) > _LONG else "text"
    if kind is None:
        return None
    days = kinds == {date} and kind == "area"
    to_end = bool(kinds & _MOMENTS)
    most = None if days or kind == "checkboxes" else most
    return Question(name, of.alias or name, kind, codes, optional, most, default, days=days, to_end_of_day=to_end)


def _most(of: FieldInfo) -> int | None:
    """The most characters, also where the text may be null."""
    inner = [part for one in get_args(of.annotation) if get_origin(one) is Annotated for part in get_args(one)[1:]]
    parts = [one for part in (*of.metadata, *inner) for one in getattr(part, "metadata", [part])]
    return next((part.max_length for part in parts if getattr(part, "max_length", None)), None)


def _default(of: FieldInfo) -> str:
    """What the API takes where nothing is chosen."""
    if isinstance(of.default, bool):
        return str(of.default).lower()
    return of.default if isinstance(of.default, str) else ""


def plain_types(annotation: object) -> Iterator[object]:
    """The types in a union or list, without None and without what annotates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from plain_types(get_args(annotation)[0])
    elif origin in (Union, UnionType, list, tuple):
        for part in get_args(annotation):
            yield from plain_types(part)
    elif annotation not in (NoneType, Ellipsis):
        yield annotation


def _is_of_agencies(of: FieldInfo) -> bool:
    """Whether the field takes codes of agencies; those that take part from the start can be chosen."""
    return not {*_patterns(Agency)}.isdisjoint([*_patterns(of), *_patterns(of.annotation)])


def _patterns(of: object) -> Iterator[str]:
    """Patterns of texts in a type, or in what annotates it."""
    if isinstance(of, FieldInfo):
        yield from (part.pattern for part in of.metadata if getattr(part, "pattern", None))
    for part in get_args(of):
        yield from _patterns(part)


def _is_list(annotation: object) -> bool:
    if get_origin(annotation) is Annotated:
        return _is_list(get_args(annotation)[0])
    return get_origin(annotation) in (list, tuple)


def asks_only_when(command: type[BaseModel], given: Collection[str] = ()) -> bool:
    """Whether one click does it: there is no question but when it happened."""
    return not set(command.model_fields) - _OWN - {*given}


def is_versioned(command: type[BaseModel]) -> bool:
    return "expected_version" in command.model_fields
