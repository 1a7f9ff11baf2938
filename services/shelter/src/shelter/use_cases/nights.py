"""The nights of a bed that a stay takes; the database lets no two overlap (SH-5)."""

from datetime import date
from uuid import UUID

from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from shelter.domain import nights
from shelter.facts.places import block_of, blocks_of_bed
from shelter.tables import BedNightBlock, Stay


async def take_bed(uow: UnitOfWork, stay: Stay, bed_id: UUID, span: tuple[date, date]) -> None:
    """SH-5: the bed is the stay's for these nights, and on until what is already planned there."""
    own = await _own_block(uow, stay)
    others = await blocks_of_bed(uow, bed_id, but=[own.id] if own else [])
    taken = nights.hold(others, *span)
    if own is None:
        own = BedNightBlock(id=new_id(), kind="stay", stay_id=stay.id)
        uow.session.add(own)
    own.bed_id, own.nights = bed_id, Range(taken.begins, taken.ends)
    stay.bed_id = bed_id
    await uow.session.flush()  # a second one at the same time is refused here, by the database


async def keep_bed_until(uow: UnitOfWork, stay: Stay, needed_until: date) -> None:
    """SH-1, SH-5: the stay is longer; NotPossible where the bed is somebody else's or out of use by then."""
    own = await _own_block(uow, stay)
    if own is None:
        return
    others = await blocks_of_bed(uow, own.bed_id, but=[own.id])
    longer = nights.lengthen(block_of(own), others, needed_until)
    own.nights = Range(longer.begins, longer.ends)
    await uow.session.flush()


async def free_bed(uow: UnitOfWork, stay: Stay, left_on: date | None) -> None:
    """Nights that were slept stay taken; without a day of leaving nobody slept there."""
    own = await _own_block(uow, stay)
    if own is None:
        return
    slept = nights.finish(block_of(own), left_on) if left_on else None
    if slept:
        own.nights = Range(slept.begins, slept.ends)
    else:
        await uow.session.execute(delete(BedNightBlock).where(BedNightBlock.id == own.id))
    await uow.session.flush()


async def _own_block(uow: UnitOfWork, stay: Stay) -> BedNightBlock | None:
    block: BedNightBlock | None = await uow.session.scalar(
        select(BedNightBlock).where(BedNightBlock.stay_id == stay.id).with_for_update()
    )
    return block
