"""The nights of a bed that a stay takes; the database lets no two overlap (SH-5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from shelter.domain import nights
from shelter.facts.places import Weighed, block_of, require_fit
from shelter.tables import BedNightBlock, Stay


async def take_bed(uow: UnitOfWork, stay: Stay, place: Weighed) -> None:
    """SH-4, SH-5: the bed is the stay's from the weighed night on, until something else is planned there.

    NotPossible with every refusal where the place does not fit.
    """
    require_fit(place)
    own = await _own_block(uow, stay)
    if own is None:
        own = BedNightBlock(id=new_id(), kind="stay", stay_id=stay.id)
        uow.session.add(own)
    own.bed_id, own.nights = place.bed.id, Range(place.begins, place.fit.ends)
    stay.bed_id = place.bed.id
    await uow.session.flush()  # a second one at the same time is refused here, by the database


async def keep_bed(uow: UnitOfWork, stay: Stay, place: Weighed) -> None:
    """SH-1, SH-4, SH-5: the stay is longer; NotPossible where the bed or the room is promised to others by then."""
    require_fit(place)
    own = await _own_block(uow, stay)
    if own is not None and own.nights.upper is not None:
        own.nights = Range(own.nights.lower, place.fit.ends)
        await uow.session.flush()


@dataclass(frozen=True)
class Beds:
    """The nights that some stays take, to free them; `write` stores what became of them."""

    blocks: Mapping[UUID, BedNightBlock]  # by stay
    _freed: list[UUID] = field(default_factory=list)

    @classmethod
    async def of(cls, uow: UnitOfWork, stays: Iterable[Stay]) -> "Beds":
        ids = [stay.id for stay in stays]
        if not ids:
            return cls({})
        found = select(BedNightBlock).where(BedNightBlock.stay_id.in_(ids)).order_by(BedNightBlock.id)
        rows = await uow.session.scalars(found.with_for_update())
        return cls({row.stay_id: row for row in rows if row.stay_id})

    def free_bed(self, stay: Stay, left_on: date | None) -> None:
        """Nights that were slept stay taken; without a day of leaving nobody slept there."""
        own = self.blocks.get(stay.id)
        if own is None:
            return
        slept = nights.finish(block_of(own), left_on) if left_on else None
        if slept:
            own.nights = Range(slept.begins, slept.ends)
        else:
            self._freed.append(own.id)

    async def write(self, uow: UnitOfWork) -> None:
        if self._freed:
            await uow.session.execute(delete(BedNightBlock).where(BedNightBlock.id.in_(self._freed)))
        await uow.session.flush()


async def _own_block(uow: UnitOfWork, stay: Stay) -> BedNightBlock | None:
    block: BedNightBlock | None = await uow.session.scalar(
        select(BedNightBlock).where(BedNightBlock.stay_id == stay.id).with_for_update()
    )
    return block
