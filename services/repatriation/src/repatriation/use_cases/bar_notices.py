"""The migration service is notified of removal bars with the person's consent, and always for a child (RP-4, ID-12).

A notice lets it know that this bar stands, and nothing else. It ends with the bar, with the consent, and when a child
is established as adult.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from casework import access
from casework.bases import told_of_bar
from casework.tables import case_access
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import RemovalBarNoticed, RemovalBarNoticeEnded
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import Bar


class OfABar(TypedDict):
    effective_at: datetime
    case_id: UUID
    bar_id: UUID
    until: datetime | None
    advisory: bool


def about(bar: Bar, at: datetime) -> OfABar:
    """What every event of a bar states: no basis, so that nobody can infer a ground (ID-11)."""
    return {
        "effective_at": at,
        "case_id": bar.case_id,
        "bar_id": bar.id,
        "until": bar.until,
        "advisory": bar.advisory,
    }


async def bars_of(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, list[Bar]]:
    """Every bar of these cases, locked."""
    rows = await uow.session.scalars(select(Bar).where(Bar.case_id.in_(case_ids)).order_by(Bar.id).with_for_update())
    found: dict[UUID, list[Bar]] = {case_id: [] for case_id in sorted(case_ids)}
    for row in rows:
        found[row.case_id].append(row)
    return found


async def notify(uow: UnitOfWork, bar: Bar, person: bars.Person, at: datetime) -> None:
    """Notify the migration service of a change at once, where it may know; without consent the bar just stands."""
    if not bars.may_notify(person):
        return
    bar.notified, bar.notified_at = True, at
    basis = told_of_bar(bar.id)
    stands = bar.state == "standing"
    if stands:
        await access.grant(uow, [access.Access(bar.case_id, MIGRATION_SERVICE, basis, at)])
    else:
        await access.revoke(uow, bar.case_id, MIGRATION_SERVICE, basis)
    uow.emit(RemovalBarNoticed(**about(bar, at), told=MIGRATION_SERVICE, stands=stands))
    if not stands and not await _notified(uow, [bar.case_id]):
        uow.emit(RemovalBarNoticeEnded(effective_at=at, case_id=bar.case_id, told=MIGRATION_SERVICE))


async def settle_notices(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """The age or the consents of these cases changed: notify of bars that stand, or end the notices."""
    if not at:
        return
    persons = await cases.persons(uow, at)
    notified = await _notified(uow, at)
    for case_id, stored in (await bars_of(uow, at)).items():
        if bars.may_notify(persons[case_id]):
            for bar in stored:
                if bar.state == "standing" and not bar.notified:
                    await notify(uow, bar, persons[case_id], at[case_id])
        else:
            await _end_notices(uow, case_id, stored)
            if case_id in notified:
                uow.emit(RemovalBarNoticeEnded(effective_at=at[case_id], case_id=case_id, told=MIGRATION_SERVICE))


async def _end_notices(uow: UnitOfWork, case_id: UUID, stored: Collection[Bar]) -> None:
    """The migration service may not know of the bars any more; they stand all the same."""
    await access.revoke_by(uow, case_id, "told_of_bar")
    for bar in stored:
        if bar.notified:
            bar.notified = False
            bar.version += 1


async def _notified(uow: UnitOfWork, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cases in which the migration service has a notice of a bar."""
    row = case_access.c
    found = select(row.case_id).where(row.case_id.in_(case_ids), row.basis == "told_of_bar")
    return set(await uow.session.scalars(found))
