"""The migration service is notified of removal bars with the person's consent, and always for a child (RP-4, ID-12).

A notice lets it know that this bar stands, and nothing else. It ends with the bar, with the consent, and when a child
is established as adult.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from casework.access import Access, AccessChanges, Ended
from casework.bases import told_of_bar
from casework.tables import case_access
from chassis.database import among, update_alike
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import RemovalBarNoticed, RemovalBarNoticeEnded
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import Bar

_NAME = "told_of_bar"


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
    rows = await uow.session.scalars(select(Bar).where(among(Bar.case_id, case_ids)).order_by(Bar.id).with_for_update())
    found: dict[UUID, list[Bar]] = {case_id: [] for case_id in sorted(case_ids)}
    for row in rows:
        found[row.case_id].append(row)
    return found


class Notices:
    """What the migration service is notified of in several cases: read once, and written once at the end.

    `persons`: whom the bars are about, and whether it may be notified of them.
    """

    def __init__(self, persons: Mapping[UUID, bars.Person], noticed: Mapping[UUID, set[UUID]]) -> None:
        self.persons = persons
        self._noticed = noticed
        self._changes = AccessChanges()

    def notify(self, uow: UnitOfWork, bar: Bar, at: datetime) -> None:
        """Notify it of a change at once, where it may know; without consent the bar just stands."""
        if not bars.may_notify(self.persons[bar.case_id]):
            return
        bar.notified, bar.notified_at = True, at
        noticed = self._noticed[bar.case_id]
        stands = bar.state == "standing"
        if stands:
            noticed.add(bar.id)
            self._changes.grant(Access(bar.case_id, MIGRATION_SERVICE, told_of_bar(bar.id), at))
        else:
            noticed.discard(bar.id)
            self._changes.end(Ended(bar.case_id, _NAME, bar.id))
        uow.emit(RemovalBarNoticed(**about(bar, at), told=MIGRATION_SERVICE, stands=stands))
        if not stands and not noticed:
            uow.emit(RemovalBarNoticeEnded(effective_at=at, case_id=bar.case_id, told=MIGRATION_SERVICE))

    def end(self, uow: UnitOfWork, case_id: UUID, stored: Collection[Bar], at: datetime) -> None:
        """The migration service may not know of the case's bars any more; they stand all the same."""
        for bar in stored:
            if bar.notified:
                bar.notified = False
                bar.version += 1
        if self._noticed[case_id]:
            self._noticed[case_id].clear()
            self._changes.end(Ended(case_id, _NAME))
            uow.emit(RemovalBarNoticeEnded(effective_at=at, case_id=case_id, told=MIGRATION_SERVICE))

    async def write(self, uow: UnitOfWork) -> None:
        await self._changes.write(uow)


@asynccontextmanager
async def notices_of(uow: UnitOfWork, case_ids: Collection[UUID]) -> AsyncIterator[Notices]:
    """The notices in these cases, whose streams are locked; they are written at the end of the block."""
    notices = Notices(await cases.persons(uow, case_ids), await _noticed(uow, case_ids))
    yield notices
    await notices.write(uow)


async def settle_notices(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """The age or the consents of these cases changed: notify of bars that stand, or end the notices."""
    if not at:
        return
    stored = await bars_of(uow, at)
    async with notices_of(uow, at) as notices:
        for case_id, of_case in stored.items():
            if not bars.may_notify(notices.persons[case_id]):
                notices.end(uow, case_id, of_case, at[case_id])
                continue
            for bar in of_case:
                if bar.state == "standing" and not bar.notified:
                    notices.notify(uow, bar, at[case_id])
    update_alike(bar for of_case in stored.values() for bar in of_case)


async def _noticed(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """The bars of each case of which the migration service has a notice."""
    row = case_access.c
    found = select(row.case_id, row.ref).where(among(row.case_id, case_ids), row.basis == _NAME)
    noticed: dict[UUID, set[UUID]] = defaultdict(set)
    for case_id, bar_id in await uow.session.execute(found):
        noticed[case_id].add(bar_id)
    return noticed
