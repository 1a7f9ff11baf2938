"""Rows that follow from events alone: the cases, and access that only notify derives (docs/adr/0017).

The access that every service derives alike is in `casework.projection`.
"""

from collections.abc import Sequence

from casework.access import Access, grant, revoke_by
from casework.bases import HOLDER, asked, serves
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification, repatriation, shelter
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from notify.tables import KnownCase

Held = identification.CaseOpened | identification.HolderChanged | identification.ReferralAwaited


async def holder_known(uow: UnitOfWork, events: Sequence[Envelope[Held]]) -> None:
    """The holder is recorded, for its tasks and clocks (NO-4, ID-20)."""
    rows = [{"case_id": event.data.case_id, "holder": event.data.holder} for event in events]
    new = upsert(KnownCase).values(rows)
    await uow.session.execute(
        new.on_conflict_do_update(index_elements=["case_id"], set_={"holder": new.excluded.holder})
    )


async def hand_over_awaited(uow: UnitOfWork, events: Sequence[Envelope[identification.ReferralAwaited]]) -> None:
    """The 24 hours run from the report, so its holder knows of the case before it is opened (ID-7)."""
    await holder_known(uow, events)
    await grant(uow, [Access(e.data.case_id, e.data.holder, HOLDER, e.data.effective_at) for e in events])


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The case closed (NO-3)."""
    for event in events:
        closed = update(KnownCase).where(KnownCase.case_id == event.data.case_id)
        await uow.session.execute(closed.values(closed_at=event.data.effective_at))


async def place_offered(uow: UnitOfWork, events: Sequence[Envelope[shelter.PlaceOffered]]) -> None:
    """The operator that offers a place knows of the case until the offer ends (SH-4)."""
    await grant(
        uow,
        [Access(e.data.case_id, e.data.operator, asked("place", e.data.stay_id), e.data.effective_at) for e in events],
    )


async def offer_ended(
    uow: UnitOfWork, events: Sequence[Envelope[shelter.PlaceWithdrawn | shelter.ShelterAdmitted]]
) -> None:
    """The offer ended; an operator that took the person in serves from now on (SH-4)."""
    for event in events:
        await revoke_by(uow, event.data.case_id, "asked", event.data.stay_id)


async def permit_requested(
    uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitApplied | repatriation.PermitAppealed]]
) -> None:
    """The migration service decides on the permit (RP-2, RP-3)."""
    await grant(
        uow,
        [
            Access(e.data.case_id, MIGRATION_SERVICE, asked("permit", e.data.permit_id), e.data.effective_at)
            for e in events
        ],
    )


async def permit_granted(uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitGranted]]) -> None:
    """The migration service looks after the permit as long as it lasts (RP-1)."""
    await permit_refused(uow, events)
    await grant(
        uow,
        [
            Access(e.data.case_id, MIGRATION_SERVICE, serves("permit", e.data.permit_id), e.data.effective_at)
            for e in events
        ],
    )


async def permit_refused(
    uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitRefused | repatriation.PermitGranted]]
) -> None:
    """The migration service has decided: nothing waits for it any more (RP-3)."""
    for event in events:
        await revoke_by(uow, event.data.case_id, "asked", event.data.permit_id)


async def permit_ended(uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitEnded]]) -> None:
    """The permit ended, and with it the migration service's part (RP-1)."""
    for event in events:
        await revoke_by(uow, event.data.case_id, "serves", event.data.permit_id)
