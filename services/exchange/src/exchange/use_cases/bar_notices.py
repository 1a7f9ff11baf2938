"""A notice of a removal bar, before and after it is shared (RP-4)."""

from collections.abc import Sequence

from casework.access import bases, revoke
from casework.bases import told_of_bar
from casework.projection import bar_noticed
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.repatriation import RemovalBarNoticed


async def bar_stands(uow: UnitOfWork, envelopes: Sequence[Envelope[RemovalBarNoticed]]) -> None:
    """Before a notice is shared: the migration service knows of the case by a bar that stands (RP-4)."""
    await bar_noticed(uow, [envelope for envelope in envelopes if envelope.data.stands])


async def bar_stands_no_more(uow: UnitOfWork, envelopes: Sequence[Envelope[RemovalBarNoticed]]) -> None:
    """After a notice is shared: a bar that stands no more opens nothing further (RP-4).

    The last one ends with `RemovalBarNoticeEnded`, which follows at once and is shared by that bar.
    """
    for notice in (envelope.data for envelope in envelopes):
        if not notice.stands:
            standing = [b for b in await bases(uow, notice.case_id, notice.told) if b.name == "told_of_bar"]
            if len(standing) > 1:
                await revoke(uow, notice.case_id, notice.told, told_of_bar(notice.bar_id))
