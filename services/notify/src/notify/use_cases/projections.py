"""Rows that follow from events alone: the cases, and access that only notify derives (docs/adr/0017).

The access that every service derives alike is in `casework.projection`.
"""

from collections.abc import Sequence
from typing import cast

from casework.access import Access, Ended, grant, revoke_each
from casework.bases import HOLDER, Basis, requested, serves
from chassis.bulk import as_lists, insert_lists
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, fund, identification, repatriation, shelter
from nrm_events.taking_part import FUND, MIGRATION_SERVICE
from sqlalchemy import Table, bindparam, update

from notify.tables import KnownCase

_known = cast(Table, KnownCase.__table__)
_CLOSE = (
    update(_known)
    .where(_known.c.case_id == bindparam("closed"))
    .values(closed_at=bindparam("at"), outcome=bindparam("how"))
)
_NEW = insert_lists(_known, "case_id", "holder")
_HOLD = _NEW.on_conflict_do_update(index_elements=["case_id"], set_={"holder": _NEW.excluded.holder})
Held = identification.CaseOpened | identification.HolderChanged | identification.ReferralAwaited


async def holder_known(uow: UnitOfWork, events: Sequence[Envelope[Held]]) -> None:
    """The holder is recorded, for its tasks and clocks (NO-4, ID-20)."""
    rows = [{"case_id": event.data.case_id, "holder": event.data.holder} for event in events]
    await uow.session.execute(_HOLD, as_lists(rows))


async def hand_over_awaited(uow: UnitOfWork, events: Sequence[Envelope[identification.ReferralAwaited]]) -> None:
    """The 24 hours run from the report, so its holder knows of the case before it is opened (ID-7)."""
    await holder_known(uow, events)
    await grant(uow, [Access(e.data.case_id, e.data.holder, HOLDER, e.data.effective_at) for e in events])


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The case ended: when, and how (NO-2, NO-3)."""
    ended = [event.data for event in events]
    rows = [{"closed": e.case_id, "at": e.effective_at, "how": e.outcome} for e in ended]
    await uow.session.execute(_CLOSE, rows)


async def case_reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The case goes on (ID-9)."""
    ids = [event.data.case_id for event in events]
    reopened = update(KnownCase).where(KnownCase.case_id.in_(ids))
    await uow.session.execute(reopened.values(closed_at=None, outcome=None))


async def place_requested(uow: UnitOfWork, events: Sequence[Envelope[shelter.ShelterRequested]]) -> None:
    """The operators to whom the request goes may offer a place (SH-4)."""
    rows = [
        Access(event.data.case_id, to, requested("place", event.data.stay_id), event.data.effective_at)
        for event in events
        for to in event.data.addressed_to
    ]
    await grant(uow, rows)


async def claim_open(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """The Fund works on the claim (FU-6)."""
    await grant(
        uow,
        [Access(e.data.case_id, FUND, requested("claim", e.data.claim_id), e.data.effective_at) for e in events],
    )


async def claim_over(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """Nothing is left to do for the Fund (FU-7)."""
    await revoke_each(uow, [Ended(event.data.case_id, "asked", event.data.claim_id) for event in events])


async def permit_requested(uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitApplied]]) -> None:
    """The migration service decides on the permit; after a refusal it may have to again (RP-2, RP-3)."""
    permits = [event.data for event in events]
    await grant(uow, [_of_permit(permit, requested("permit", permit.permit_id)) for permit in permits])


async def permit_granted(
    uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitGranted | repatriation.PermitExtended]]
) -> None:
    """The migration service looks after the permit as long as it lasts (RP-1)."""
    permits = [event.data for event in events]
    await revoke_each(uow, [Ended(permit.case_id, "asked", permit.permit_id) for permit in permits])
    await grant(uow, [_of_permit(permit, serves("permit", permit.permit_id)) for permit in permits])


def _of_permit(permit: repatriation.PermitEvent, basis: Basis) -> Access:
    return Access(permit.case_id, MIGRATION_SERVICE, basis, permit.effective_at)


async def permit_ended(uow: UnitOfWork, events: Sequence[Envelope[repatriation.PermitEnded]]) -> None:
    """The permit ended, and with it the migration service's part (RP-1)."""
    ended = [event.data for event in events]
    await revoke_each(uow, [Ended(one.case_id, name, one.permit_id) for one in ended for name in ("asked", "serves")])
