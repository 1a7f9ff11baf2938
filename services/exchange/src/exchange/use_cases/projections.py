"""Rows of `case_access` that the shelter's events make and casework does not: who is offered a place (SH-4)."""

from collections.abc import Sequence
from typing import Any

from casework.access import Access, grant, revoke_by
from casework.bases import asked
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.shelter import PlaceOffered, PlaceWithdrawn, ShelterAdmitted


async def place_offered(uow: UnitOfWork[Any], events: Sequence[Envelope[PlaceOffered]]) -> None:
    """The operator of the place knows of the case until the offer is accepted or ends (SH-4)."""
    await grant(
        uow,
        [Access(e.data.case_id, e.data.operator, asked("place", e.data.stay_id), e.data.effective_at) for e in events],
    )


async def place_settled(uow: UnitOfWork[Any], events: Sequence[Envelope[PlaceWithdrawn | ShelterAdmitted]]) -> None:
    """The person moved in, or the request ended: no offer of it stands any more (SH-4)."""
    for event in events:
        await revoke_by(uow, event.data.case_id, "asked", event.data.stay_id)
