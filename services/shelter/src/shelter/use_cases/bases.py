"""Why an operator knows of a case, from shelter's own acts: requested, then serving, then its own record (SH-4).

The other services follow ShelterAdmitted and ShelterLeft. They have no row for a request, and none after the stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from casework import access
from casework.access import Access, AccessChanges, Ended
from casework.bases import requested, serves
from chassis.unit_of_work import UnitOfWork

from shelter.rights import FORMER_PLACE, HANDOVER, PLACE
from shelter.tables import Handover, Stay


@dataclass(frozen=True)
class BasisChanges:
    """What acts on some cases end and begin; `write` stores all of it."""

    _changes: AccessChanges = field(default_factory=AccessChanges)

    def operator_answered_no(self, stay: Stay, operator: str) -> None:
        """This operator refused, or the consent that the request to it rested on ended."""
        self._changes.end(Ended(stay.case_id, "asked", stay.id, operator))

    def request_ended(self, stay: Stay) -> None:
        """No operator waits to answer any more."""
        self._changes.end(Ended(stay.case_id, "asked", stay.id))

    def stay_ended(self, stay: Stay, at: datetime) -> None:
        """The operator serves no more; it reads and completes its own record of this stay (SH-6)."""
        self._changes.end(Ended(stay.case_id, "serves", stay.id))
        self._changes.grant(Access(stay.case_id, stay.operator or "", serves(FORMER_PLACE, stay.id), at))

    def handover_taken(self, handover: Handover, at: datetime) -> None:
        """The agency took the support over and serves the person (SH-8)."""
        self._changes.end(Ended(handover.case_id, "asked", handover.id))
        self._changes.grant(Access(handover.case_id, handover.to_agency, serves(HANDOVER, handover.id), at))

    def handover_ended(self, handover: Handover) -> None:
        """The agency declined or ended its support, or what it rested on was withdrawn (SH-8, ID-12)."""
        for name in ("asked", "serves"):
            self._changes.end(Ended(handover.case_id, name, handover.id))

    async def write(self, uow: UnitOfWork) -> None:
        await self._changes.write(uow)


async def place_requested(uow: UnitOfWork, stay: Stay, operators: Iterable[str]) -> None:
    """These operators may know of the request until they refuse or it ends."""
    basis = requested(PLACE, stay.id)
    await access.grant(uow, [Access(stay.case_id, operator, basis, stay.requested_at) for operator in operators])


async def stay_began(uow: UnitOfWork, stay: Stay, at: datetime) -> None:
    """The operator serves the person; the others need not know of the case."""
    await access.revoke_by(uow, stay.case_id, "asked", stay.id)
    await access.grant(uow, [Access(stay.case_id, stay.operator or "", serves(PLACE, stay.id), at)])


async def handover_requested(uow: UnitOfWork, handover: Handover) -> None:
    """The agency may know of the case, to answer (SH-8)."""
    basis = requested(HANDOVER, handover.id)
    await access.grant(uow, [Access(handover.case_id, handover.to_agency, basis, handover.requested_at)])
