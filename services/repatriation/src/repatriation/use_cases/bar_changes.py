"""Every change of a removal bar: raised, extended, lifted, re-examined, whoever does it (RP-4, ID-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import RemovalBarExtended, RemovalBarLifted, RemovalBarRaised

from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import Bar
from repatriation.use_cases.aggregate import ITSELF, audit, move
from repatriation.use_cases.bar_notices import about, bars_of, notify
from repatriation.use_cases.re_examination import require, settle


@dataclass(frozen=True)
class Ending:
    """Why a bar ends, and when. The time may lie before the last act on the bar, where the news came late."""

    reason: str
    at: datetime
    action: str = "lift"
    written_wish: str | None = None


async def raise_bar(uow: UnitOfWork, case_id: UUID, wanted: bars.Wanted, person: bars.Person) -> Bar:
    bar = Bar(
        id=new_id(),
        case_id=case_id,
        basis=wanted.basis,
        source=wanted.source,
        advisory=wanted.advisory,
        state=bars.BAR.start,
        version=1,
        since=wanted.since,
        until=wanted.until,
        notified=False,
        notified_at=None,
        re_examine=False,
        lifted_at=None,
        lifted_by=None,
        effective_at=wanted.since,
        recorded_at=uow.now,
    )
    uow.session.add(bar)
    uow.emit(RemovalBarRaised(**about(bar, wanted.since)))
    audit(uow, "raise", bar, wanted.since, advisory=bar.advisory, until=bar.until)
    await notify(uow, bar, person, wanted.since)
    return bar


async def extend(uow: UnitOfWork, bar: Bar, until: datetime | None, *, person: bars.Person, at: datetime) -> None:
    bar.until = until
    settle(uow, bar, at)
    move(bar, bars.BAR.after(bar.state, "extend"), at)
    uow.emit(RemovalBarExtended(**about(bar, at)))
    audit(uow, "extend", bar, at, until=until)
    await notify(uow, bar, person, at)


async def lift(uow: UnitOfWork, bar: Bar, ending: Ending, person: bars.Person) -> None:
    bar.lifted_at = max(ending.at, bar.since)
    bar.lifted_by = ending.reason
    settle(uow, bar, bar.lifted_at)
    move(bar, bars.BAR.after(bar.state, ending.action), ending.at)
    uow.emit(RemovalBarLifted(**about(bar, bar.lifted_at)))
    wish = {"written_wish": ending.written_wish} if ending.written_wish else {}
    audit(uow, ending.action, bar, bar.lifted_at, reason=ending.reason, **wish)
    await notify(uow, bar, person, bar.lifted_at)


async def lift_what_rests_on(uow: UnitOfWork, basis: str, ended: Mapping[UUID, tuple[UUID, datetime]]) -> None:
    """The reflection, the claim or the proceedings ended, and the bar with it (RP-4, ID-10).

    `ended`: case → what its bar rests on, and when that ended.
    """
    if not ended:
        return
    own = uow.acting(ITSELF)
    persons = await cases.persons(uow, ended)
    for case_id, stored in (await bars_of(uow, ended)).items():
        source, at = ended[case_id]
        for bar in stored:
            if bar.state == "standing" and (bar.basis, bar.source) == (basis, source):
                await lift(own, bar, Ending("basis_ended", at), persons[case_id])


async def re_examine(uow: UnitOfWork, at: Mapping[UUID, datetime], reason: str) -> None:
    """ID-9: what the person is considered by has changed; the bar stands until a person decides."""
    for case_id, stored in (await bars_of(uow, at)).items():
        for bar in stored:
            if bar.state == "standing" and bar.basis == "considered_victim":
                await require(uow, bar, reason, at[case_id])


async def settle_re_examination(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    for case_id, stored in (await bars_of(uow, at)).items():
        for bar in stored:
            settle(uow, bar, at[case_id])
