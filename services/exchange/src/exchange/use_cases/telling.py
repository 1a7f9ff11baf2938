"""Everything that goes out to an agency's system passes here: only to one that is joined and not cut off."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from chassis.outbox import emit
from nrm_events import agency_topic
from nrm_events.agencies import ConsentEnded, EventShared, SubmissionAnswered, ToldMessage
from sqlalchemy import Text, cast, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import Agreement, Line
from exchange.schemas import AgreementBody
from exchange.tables import Agency, AgreementRow, Submission, Told, Withdrawal

_NOBODY_IS_CUT_OFF = text("select pg_advisory_xact_lock_shared(7140010)")
_NOBODY_IS_TOLD = text("select pg_advisory_xact_lock(7140010)")


async def joined(session: AsyncSession, codes: Sequence[str] | None = None) -> dict[str, Agreement]:
    """Agencies that are active, with the agreement that holds. None is cut off until this transaction has ended."""
    await session.execute(_NOBODY_IS_CUT_OFF)
    asked = (
        select(cast(AgreementRow.content, Text))
        .join(Agency, (Agency.code == AgreementRow.agency) & (Agency.edition == AgreementRow.edition))
        .where(Agency.state == "active")
    )
    if codes is not None:
        asked = asked.where(Agency.code.in_(codes))
    agreements = [_agreement(content) for content in await session.scalars(asked)]
    return {agreement.agency: agreement for agreement in agreements}


async def nobody_is_told(session: AsyncSession) -> None:
    """Wait until nobody tells anything, and let nobody begin before this transaction has ended."""
    await session.execute(_NOBODY_IS_TOLD)


@lru_cache(maxsize=200)
def _agreement(content: str) -> Agreement:
    body = AgreementBody.model_validate_json(content)
    lines = (
        Line(
            line.event, tuple(line.fields), line.purpose, line.legal, line.field if line.ground == "addressed" else None
        )
        for line in body.tells
    )
    return Agreement(body.agency, body.edition, body.since, body.until, frozenset(body.may_say), tuple(lines))


def tell(session: AsyncSession, agency: str, message: ToldMessage) -> None:
    """The caller has seen in this transaction that the agency is joined."""
    emit(session, message, topic=agency_topic(agency, "out"))


async def share(session: AsyncSession, agency: str, message: EventShared, now: datetime) -> None:
    """Tell what happened, and note how much was told of each case."""
    tell(session, agency, message)
    row = upsert(Told).values(agency=agency, case_id=message.case_id, purpose=message.purpose, events=1, last_at=now)
    keys = ["agency", "case_id", "purpose"]
    await session.execute(
        row.on_conflict_do_update(index_elements=keys, set_={"events": Told.events + 1, "last_at": now})
    )


async def answer(session: AsyncSession, said: Submission, code: str, case_id: UUID | None, now: datetime) -> None:
    """Keep the answer (`accepted`, or why not), and tell it unless the agency is cut off; then it waits."""
    said.code, said.case_id, said.answered_at = code, case_id, now
    if await joined(session, [said.agency]):
        _tell_answer(session, said, now)


def _tell_answer(session: AsyncSession, said: Submission, now: datetime) -> None:
    said.told_at = now
    tell(
        session,
        said.agency,
        SubmissionAnswered(
            effective_at=now,
            submission_id=said.id,
            place=said.place,
            key=said.key,
            accepted=said.code == "accepted",
            code=said.code or "",
            case_id=said.case_id,
        ),
    )


def tell_withdrawal(session: AsyncSession, ended: Withdrawal, now: datetime) -> None:
    """ID-12: nothing more is told under the consent, and the agency is asked to let go of what was."""
    ended.told_at = now
    tell(
        session,
        ended.agency,
        ConsentEnded(
            effective_at=ended.withdrawn_at,
            case_id=ended.case_id,
            consent_id=ended.consent_id,
            purpose=ended.purpose,
            data_class=ended.data_class,
            acknowledge_by=ended.acknowledge_by,
        ),
    )


async def tell_what_waits(session: AsyncSession, agency: str, now: datetime) -> None:
    """Answers and withdrawals that came while the agency was cut off."""
    untold = Submission.answered_at.is_not(None) & Submission.told_at.is_(None)
    for said in await session.scalars(
        select(Submission).where(Submission.agency == agency, untold).order_by(Submission.answered_at, Submission.id)
    ):
        _tell_answer(session, said, now)
    for ended in await session.scalars(
        select(Withdrawal)
        .where(Withdrawal.agency == agency, Withdrawal.told_at.is_(None))
        .order_by(Withdrawal.withdrawn_at)
    ):
        tell_withdrawal(session, ended, now)
