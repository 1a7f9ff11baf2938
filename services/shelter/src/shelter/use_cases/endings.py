"""Requests, stays and support that end together: one statement a table for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis.database import update_alike
from chassis.unit_of_work import UnitOfWork

from shelter.facts.grants import Grants
from shelter.tables import Stay
from shelter.use_cases.bases import BasisChanges
from shelter.use_cases.nights import Beds


@dataclass(frozen=True)
class Endings:
    """The beds of stays that may end, and the bases that end with them."""

    beds: Beds
    bases: BasisChanges

    @classmethod
    async def of(cls, uow: UnitOfWork, stays: Iterable[Stay]) -> "Endings":
        return cls(await Beds.of(uow, stays), BasisChanges())

    async def write(self, uow: UnitOfWork) -> None:
        """Store what ended; the database refuses here what must not be."""
        await self.beds.write(uow)
        await self.bases.write(uow)


def write_alike(grants: Mapping[UUID, Grants]) -> None:
    """Let one statement update all the stays, and one all the hand-overs; they are locked."""
    update_alike(stay for of_case in grants.values() for stay in of_case.stays)
    update_alike(handover for of_case in grants.values() for handover in of_case.handovers)
