"""Any event, made from the fields of its model."""

import types
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st
from nrm_events import AGENCY_MESSAGES, EVENTS, Envelope
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from pydantic.types import AwareDatetime

Model = TypeVar("Model", bound=BaseModel)
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  zone follows
CODES = st.text("aZ_-9", max_size=63).map("x".__add__)
AGENCIES = st.lists(st.text("az", min_size=2, max_size=12), min_size=1, max_size=3).map("-".join)
WORDS = st.sampled_from(["2024-03-04T10:00:00+04:00", "nrm.fund.PaymentMade.v1", "2@117", "recovery"])
HEX = st.integers(0, 2**128 - 1).map("{:032x}".format)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    datetime: MOMENTS,
    AwareDatetime: MOMENTS,
    date: st.dates(date(1950, 1, 1), date(2199, 1, 1)),
    bool: st.booleans(),
    types.NoneType: st.none(),
}


@cache
def any_event(event: type[Model]) -> st.SearchStrategy[Model]:
    fields = {name: _values(field.annotation, field.metadata) for name, field in event.model_fields.items()}
    return st.builds(event, **fields)


def _values(kind: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        return _values(inner, more)
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([_values(part) for part in get_args(kind)])
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is list:
        return st.lists(_values(get_args(kind)[0]), max_size=3)
    if get_origin(kind) is dict:
        return st.dictionaries(CODES, _values(get_args(kind)[1]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return any_event(kind)
    if kind is int:
        return st.integers(_bound(metadata, "ge", 0), _bound(metadata, "le", 10**15))
    return _strings(metadata) if kind is str else PLAIN[kind]


def _bound(metadata: list[Any] | tuple[Any, ...], name: str, otherwise: int) -> int:
    return next((getattr(part, name) for part in metadata if hasattr(part, name)), otherwise)


def _strings(metadata: list[Any] | tuple[Any, ...]) -> st.SearchStrategy[str]:
    if any(isinstance(part, AfterValidator) for part in metadata):
        return WORDS
    return AGENCIES if "[a-z]{2,12}" in _pattern(metadata) else CODES


def _pattern(metadata: list[Any] | tuple[Any, ...]) -> str:
    """The pattern of a field; a string without one is not allowed in an event."""
    for part in metadata:
        inner = part.metadata if isinstance(part, FieldInfo) else [part]
        for constraint in inner:
            if pattern := getattr(constraint, "pattern", None):
                return str(pattern)
    raise AssertionError("a free string in an event")


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    event = draw(st.sampled_from(list((EVENTS | AGENCY_MESSAGES).values())).flatmap(any_event))
    ids = st.none() | st.uuids()
    return Envelope(
        id=draw(st.uuids()),
        type=event.type_name(),
        source=event.publisher(),
        subject=event.subject,
        time=draw(MOMENTS),
        sequence=draw(st.integers(0, 10**12 - 1)),
        key=event.stream,
        data=event,
        correlation_id=draw(ids),
        causation_id=draw(ids),
        traceparent=draw(st.none() | HEX.map(lambda trace: f"00-{trace}-{trace[:16]}-01")),
    )
