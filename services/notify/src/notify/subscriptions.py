"""Event → use case: who may know of the case, which clocks run, who is told what. All from the tables of the domain."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis import access, outbox
from chassis.inbox import Handler
from chassis.projection import Projection
from chassis.schema import case_access
from nrm_events import EVENTS, Envelope, Event, identification, notify
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from notify.domain.durations import end_of_day
from notify.domain.kinds import CLOCK_EVENTS, KINDS, Kind
from notify.domain.routes import HOLDER, PERSON, ROUTES
from notify.domain.visibility import ACCESS, ENDS, Access, consent_basis
from notify.tables import Base, KnownCase
from notify.use_cases.clocks import drop_clocks, end_clocks, end_with_case, move_clocks, start_clocks
from notify.use_cases.early_ends import Act
from notify.use_cases.inbox import Told, tell_staff
from notify.use_cases.messages import Cause, queue_messages

Envelopes = Sequence[Envelope]
_WITH_CASE = tuple(kind.code for kind in KINDS if kind.with_case)


def name_of(event: type[Event]) -> str:
    """`identification.CaseOpened`: how the tables name an event."""
    return f"{event.service}.{event.__name__}"


async def apply(session: AsyncSession, envelopes: Envelopes) -> None:
    """Apply events of one type: what the tables say of it, in the order access, clocks, notifications."""
    name = name_of(type(envelopes[0].data))
    await keep(session, envelopes)
    if name in _OWN:
        await _OWN[name](session, envelopes)
    await _run_clocks(session, name, envelopes)
    await _notify(session, name, envelopes)


async def keep(session: AsyncSession, envelopes: Envelopes) -> None:
    """Which cases there are, who holds them and who may know of them; nothing is started and nobody told."""
    name = name_of(type(envelopes[0].data))
    if name in _KEPT:
        await _KEPT[name](session, envelopes)
    await _let_know(session, name, envelopes)


async def _let_know(session: AsyncSession, name: str, envelopes: Envelopes) -> None:
    """ID-7, ID-12: an agency knows of a case from the event that tells it, and until the one that ends the reason."""
    rows = {
        (envelope.key, rule.agency or _field(envelope, rule.of), _basis(rule, envelope), envelope.data.effective_at)
        for rule in ACCESS
        if rule.event == name
        for envelope in envelopes
    }
    await access.allow(session, rows)
    ended = [(e.key, _field(e, rule.of), _basis(rule, e)) for rule in ENDS if rule.event == name for e in envelopes]
    await access.end(session, ended)


def _basis(rule: Access, envelope: Envelope) -> str:
    return f"{rule.basis}:{_field(envelope, rule.per)}" if rule.per else rule.basis


async def _run_clocks(session: AsyncSession, name: str, envelopes: Envelopes) -> None:
    """NO-3. What ends a clock comes before what starts one: an admission ends the offer and starts the stay."""
    for kind in KINDS:
        counted = [e for e in envelopes if not (kind.unless and _field(e, kind.unless, False))]
        if name in kind.closes:
            await end_clocks(session, kind, [_act(kind, e, None) for e in counted])
        if name in kind.drops:
            await drop_clocks(session, kind, [_act(kind, e, None) for e in counted])
        if name in kind.moves and counted:
            await move_clocks(session, kind, [_act(kind, e, kind.moves[name]) for e in counted])
        if name in kind.starts and counted:
            await start_clocks(session, kind, [_act(kind, e, kind.starts[name]) for e in counted])


def _act(kind: Kind, envelope: Envelope, due: str | None) -> Act:
    return Act(
        case_id=envelope.key,
        object_id=_field(envelope, kind.object) or _field(envelope, kind.object_before),
        effective_at=envelope.data.effective_at,
        recorded_at=envelope.time,
        due_at=_moment(_field(envelope, due)) if due else None,
        agency=_field(envelope, kind.duty.of, None) if kind.duty.of else None,
    )


def _moment(given: datetime | date | None) -> datetime | None:
    """A permit carries a day: it is over when the day is."""
    return given if given is None or isinstance(given, datetime) else end_of_day(given)


async def _notify(session: AsyncSession, name: str, envelopes: Envelopes) -> None:
    """NO-4: the table of routes; staff see a task, the person gets a message."""
    for route in ROUTES:
        if route.event != name:
            continue
        if route.to == PERSON:
            causes = [Cause(e.key, e.id, e.data.effective_at, e.time) for e in envelopes]
            await queue_messages(session, route.template, causes)
            continue
        await tell_staff(
            session,
            [
                Told(
                    case_id=e.key,
                    event_id=e.id,
                    recipient=HOLDER if route.to == HOLDER else _field(e, route.to),
                    task=route.task,
                    subject=e.subject,
                    at=e.time,
                    template=route.template,
                )
                for e in envelopes
            ],
        )


def _field(envelope: Envelope, name: str | None, *default: Any) -> Any:
    return getattr(envelope.data, name or "", *default)


async def _held(session: AsyncSession, envelopes: Envelopes) -> None:
    """The holder is kept, for what staff are told (NO-4)."""
    given = upsert(KnownCase).values([{"case_id": e.key, "holder": _field(e, "holder")} for e in envelopes])
    await session.execute(
        given.on_conflict_do_update(index_elements=["case_id"], set_={"holder": given.excluded.holder})
    )


async def _closing_kept(session: AsyncSession, envelopes: Envelopes) -> None:
    closed: dict[UUID, datetime] = {e.key: e.data.effective_at for e in envelopes}
    for case_id, at in closed.items():
        await session.execute(update(KnownCase).where(KnownCase.case_id == case_id).values(closed_at=at))


async def _case_closed(session: AsyncSession, envelopes: Envelopes) -> None:
    """Clocks that end with the case end (NO-3)."""
    acts = [Act(e.key, e.key, e.data.effective_at, e.time) for e in envelopes]
    await end_with_case(session, _WITH_CASE, acts)


async def _consent_granted(session: AsyncSession, envelopes: Envelopes) -> None:
    """The recipient may know of the case while this consent stands (ID-12); police learn by the hand-over (ID-7)."""
    rows = [
        (e.key, _field(e, "recipient"), consent_basis(_field(e, "consent_id")), e.data.effective_at)
        for e in envelopes
        if not str(_field(e, "recipient")).startswith("mia-")
    ]
    await access.allow(session, rows)


async def _sight_ended(session: AsyncSession, envelopes: Envelopes) -> None:
    await access.end(
        session, [(e.key, _field(e, "recipient"), consent_basis(_field(e, "consent_id"))) for e in envelopes]
    )


async def _consent_withdrawn(session: AsyncSession, envelopes: Envelopes) -> None:
    """What rested on this consent ends here (clocks, tasks and counts are seen no more), and we say so (ID-12)."""
    for e in envelopes:
        outbox.emit(
            session,
            notify.ConsentWithdrawalAcknowledged(
                case_id=e.key, effective_at=e.data.effective_at, consent_id=_field(e, "consent_id")
            ),
        )


_KEPT: dict[str, Callable[[AsyncSession, Envelopes], Awaitable[None]]] = {
    "identification.ReferralAwaited": _held,
    "identification.CaseOpened": _held,
    "identification.CaseClosed": _closing_kept,
    "identification.ConsentGranted": _consent_granted,
    "identification.ConsentWithdrawn": _sight_ended,
}
_OWN: dict[str, Callable[[AsyncSession, Envelopes], Awaitable[None]]] = {
    "identification.CaseClosed": _case_closed,
    "identification.ConsentWithdrawn": _consent_withdrawn,
}
_SAID = _KEPT | _OWN  # whose docstring tells of it

USED = frozenset(_SAID) | CLOCK_EVENTS | {route.event for route in ROUTES}
USED |= {rule.event for rule in (*ACCESS, *ENDS)}


def _handler(event: type[Event]) -> Handler:
    """`apply`, with what the tables say of this event as its docstring: docs/events is made from it."""

    async def handle(session: AsyncSession, envelopes: Envelopes) -> None:
        await apply(session, envelopes)

    handle.__doc__ = "; ".join(_reactions(name_of(event)))
    return handle


def _reactions(name: str) -> Iterator[str]:
    if name in _SAID:
        yield str(_SAID[name].__doc__).removesuffix(".")
    yield from (f"{rule.agency or f'`{rule.of}`'} may know of the case (ID-7)" for rule in ACCESS if rule.event == name)
    yield from (
        f"`{rule.of}` may not know of the case for `{rule.basis}` any more (ID-12)"
        for rule in ENDS
        if rule.event == name
    )
    for does, clocks in (
        ("ends", [kind.code for kind in KINDS if name in (*kind.closes, *kind.drops)]),
        ("moves", [kind.code for kind in KINDS if name in kind.moves]),
        ("starts", [kind.code for kind in KINDS if name in kind.starts]),
    ):
        yield from (f"the clock `{code}` {does} (NO-3)" for code in clocks)
    yield from (f"{_whom(route.to)} is told `{route.task}` (NO-4)" for route in ROUTES if route.event == name)


def _whom(to: str) -> str:
    return f"the {to}" if to in (PERSON, HOLDER) else f"`{to}`"


HANDLERS: dict[type[Event], Handler] = {event: _handler(event) for event in EVENTS.values() if name_of(event) in USED}

PROJECTIONS = {
    "cases": Projection(
        tables={case_access: "true", Base.metadata.tables["known_case"]: "true"},
        handlers={
            event: keep
            for event in EVENTS.values()
            if name_of(event) in frozenset(_KEPT) | {rule.event for rule in (*ACCESS, *ENDS)}
        },
        begins=identification.CaseOpened,
    )
}
