"""What identification does when other services' events come: support begins, withdrawals are acknowledged (ID-12)."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis import audit
from chassis.actor import system
from chassis.inbox import Handler
from nrm_events import Envelope, Event, fund, notify, repatriation, shelter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain.cases import CASE
from identification.tables import Case, Consent, ConsentAcknowledgement

ITSELF = system("identification")


async def support_began(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """The first help after recognition makes the case `supported` (ID-8)."""
    cases = await session.scalars(
        select(Case)
        .where(Case.id.in_({e.key for e in events}), Case.status == "recognised")
        .order_by(Case.id)
        .with_for_update()
    )
    since = {e.key: e.data.effective_at for e in events}
    for case in cases:
        case.status = CASE.after(case.status, "support")
        case.version += 1
        audit.record(
            session, ITSELF, "support", subject=f"case/{case.id}", case_id=case.id, effective_at=since[case.id]
        )


async def withdrawal_acknowledged(session: AsyncSession, events: Sequence[Envelope]) -> None:
    """A service has ended what rested on a withdrawn consent (ID-12)."""
    rows = [_acknowledgement(e) for e in events]
    known = set(await session.scalars(select(Consent.id).where(Consent.id.in_({r["consent_id"] for r in rows}))))
    held = [row for row in rows if row["consent_id"] in known]
    if held:
        await session.execute(upsert(ConsentAcknowledgement).values(held).on_conflict_do_nothing())


def _acknowledgement(envelope: Envelope) -> dict[str, Any]:
    told = envelope.data.model_dump(include={"consent_id", "effective_at"})
    return {
        "consent_id": told["consent_id"],
        "service": envelope.data.service,
        "acknowledged_at": told["effective_at"],
    }


HANDLERS: Mapping[type[Event], Handler] = {
    shelter.ShelterAdmitted: support_began,
    shelter.HandoverAcknowledged: support_began,
    fund.PaymentMade: support_began,
    shelter.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    fund.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    repatriation.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
    notify.ConsentWithdrawalAcknowledged: withdrawal_acknowledged,
}
