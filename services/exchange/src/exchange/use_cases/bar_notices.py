"""A notice of a removal bar, before and after it is shared (RP-4)."""

from collections.abc import Sequence

from casework.access import Ended, revoke_each
from casework.projection import bar_noticed
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.repatriation import RemovalBarNoticed

from exchange import facts


async def bar_stands(uow: UnitOfWork, envelopes: Sequence[Envelope[RemovalBarNoticed]]) -> None:
    """Before a notice is shared: the migration service knows of the case by a bar that stands (RP-4)."""
    await bar_noticed(uow, [envelope for envelope in envelopes if envelope.data.stands])


async def bar_stands_no_more(uow: UnitOfWork, envelopes: Sequence[Envelope[RemovalBarNoticed]]) -> None:
    """After a notice is shared: a bar that stands no more opens nothing further (RP-4).

    The last one ends with `RemovalBarNoticeEnded`, which follows at once and is shared by that bar.
    """
    notices = [envelope.data for envelope in envelopes if not envelope.data.stands]
    known = await facts.reasons(uow, {notice.case_id for notice in notices}, {notice.told for notice in notices})
    ended = []
    for notice in notices:
        reasons = known.get((notice.told, notice.case_id), ())
        if sum(reason.basis.name == "told_of_bar" for reason in reasons) > 1:
            ended.append(Ended(notice.case_id, "told_of_bar", notice.bar_id, notice.told))
    await revoke_each(uow, ended)
