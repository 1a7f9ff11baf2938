"""Every change of a removal bar: raised, extended, lifted, re-examined, whoever does it (RP-4, ID-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import new_id
from chassis.database import update_alike
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import RemovalBarExtended, RemovalBarLifted, RemovalBarRaised

from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import Bar
from repatriation.use_cases.aggregate import ITSELF, audit, move
from repatriation.use_cases.bar_notices import Notices, about, bars_of, notices_of
from repatriation.use_cases.re_examination import require, settle


@dataclass(frozen=True)
class Ending:
    """Why a bar ends, and when. The time may lie before the last act on the bar, where the news came late."""

    reason: str
    at: datetime
    action: str = "lift"
    written_wish: str | None = None


def raise_bar(uow: UnitOfWork, notices: Notices, case_id: UUID, wanted: bars.Wanted) -> Bar:
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
    notices.notify(uow, bar, wanted.since)
    return bar


def extend(uow: UnitOfWork, notices: Notices, bar: Bar, until: datetime | None, *, at: datetime) -> None:
    bar.until = until
    settle(uow, bar, at)
    move(bar, bars.BAR.after(bar.state, "extend"), at)
    uow.emit(RemovalBarExtended(**about(bar, at)))
    audit(uow, "extend", bar, at, until=until)
    notices.notify(uow, bar, at)


def lift(uow: UnitOfWork, notices: Notices, bar: Bar, ending: Ending) -> None:
    bar.lifted_at = max(ending.at, bar.since)
    bar.lifted_by = ending.reason
    settle(uow, bar, bar.lifted_at)
    move(bar, bars.BAR.after(bar.state, ending.action), ending.at)
    uow.emit(RemovalBarLifted(**about(bar, bar.lifted_at)))
    wish = {"written_wish": ending.written_wish} if ending.written_wish else {}
    audit(uow, ending.action, bar, bar.lifted_at, reason=ending.reason, **wish)
    notices.notify(uow, bar, bar.lifted_at)


async def lift_what_rests_on(uow: UnitOfWork, basis: str, ended: Mapping[UUID, tuple[UUID, datetime]]) -> None:
    """The reflection, the claim or the proceedings ended, and the bar with it (RP-4, ID-10).

    `ended`: case → what its bar rests on, and when that ended.
    """
    if not ended:
        return
    own = uow.acting(ITSELF)
    every = [bar for stored in (await bars_of(uow, ended)).values() for bar in stored]
    async with notices_of(uow, ended) as notices:
        for bar in every:
            source, at = ended[bar.case_id]
            if bar.state == "standing" and (bar.basis, bar.source) == (basis, source):
                lift(own, notices, bar, Ending("basis_ended", at))
    update_alike(every)


async def re_examine(uow: UnitOfWork, at: Mapping[UUID, datetime], reason: str) -> None:
    """ID-9: what the person is considered by has changed; the bar stands until a person decides."""
    every = [bar for stored in (await bars_of(uow, at)).values() for bar in stored]
    standing = [bar for bar in every if bar.state == "standing" and bar.basis == "considered_victim"]
    bodies = await cases.formal_bodies(uow, {bar.case_id for bar in standing})
    for bar in standing:
        require(uow, bar, reason, at[bar.case_id], formal_body=bodies.get(bar.case_id))
    update_alike(standing)


async def settle_re_examination(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    every = [bar for stored in (await bars_of(uow, at)).values() for bar in stored]
    for bar in every:
        settle(uow, bar, at[bar.case_id])
    update_alike(every)
