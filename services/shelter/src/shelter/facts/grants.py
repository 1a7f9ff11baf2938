"""What goes on in some cases: places that are looked for, stays and support; one statement a table for all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from shelter.domain.care import SUPPORT_PURPOSES
from shelter.domain.stays import OPEN
from shelter.tables import Agreement, Handover, Stay, StayAddressee


@dataclass(frozen=True)
class Grants:
    """Of one case, locked: open requests and the stay, hand-overs that wait for an answer and support."""

    stays: list[Stay] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)

    @property
    def living(self) -> list[Stay]:
        """The stay in which the person lives now."""
        return [stay for stay in self.stays if stay.state == "admitted"]

    @property
    def unanswered(self) -> list[Handover]:
        return [handover for handover in self.handovers if handover.state == "requested"]

    @property
    def supports(self) -> list[Handover]:
        """Hand-overs whose agency serves the person now."""
        return [handover for handover in self.handovers if handover.state == "acknowledged"]


async def stays_of(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, Grants]:
    """By case, its requests and stay, and none of its support."""
    found: dict[UUID, Grants] = defaultdict(Grants)
    if case_ids:
        stays = select(Stay).where(Stay.case_id.in_(case_ids), Stay.state.in_(OPEN)).order_by(Stay.id)
        for stay in await uow.session.scalars(stays.with_for_update()):
            found[stay.case_id].stays.append(stay)
    return found


async def grants_of(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, Grants]:
    """By case, all that goes on."""
    found = await stays_of(uow, case_ids)
    handovers = select(Handover).where(
        Handover.case_id.in_(case_ids), Handover.state.in_(("requested", "acknowledged"))
    )
    for handover in await uow.session.scalars(handovers.order_by(Handover.id).with_for_update()):
        found[handover.case_id].handovers.append(handover)
    return found


async def addressees_of(uow: UnitOfWork, stays: Iterable[Stay]) -> Mapping[UUID, list[StayAddressee]]:
    """By stay, the operators that the request is addressed to."""
    found: dict[UUID, list[StayAddressee]] = defaultdict(list)
    ids = [stay.id for stay in stays]
    if ids:
        rows = select(StayAddressee).where(StayAddressee.stay_id.in_(ids)).order_by(StayAddressee.operator)
        for row in await uow.session.scalars(rows):
            found[row.stay_id].append(row)
    return found


async def purposes_agreed(
    uow: UnitOfWork, case_ids: Collection[UUID], recipients: Collection[str]
) -> Mapping[tuple[UUID, str], set[str]]:
    """By case and recipient, the purposes that stand of those on which a place or support rests (ID-12)."""
    found: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    rows = select(Agreement.case_id, Agreement.recipient, Agreement.purpose).where(
        Agreement.case_id.in_(case_ids),
        Agreement.recipient.in_(recipients),
        Agreement.purpose.in_(sorted(SUPPORT_PURPOSES)),
    )
    for case_id, recipient, purpose in (await uow.session.execute(rows)).tuples():
        found[case_id, recipient].add(purpose)
    return found
