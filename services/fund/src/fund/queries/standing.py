"""How a claim stands: what the rules look at, read from the tables. Commands decide by it, answers show it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis import access
from chassis.actor import Actor
from chassis.clock import local_date
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain.claims import RESERVING_STATES, Facts, Hands, Recognition, Terms, counts
from fund.settings import PARAMETERS
from fund.tables import CaseRecognition, Claim


def visible(who: Actor) -> ColumnElement[bool]:
    """Fund roles see every claim; a caseworker those that the own agency wrote, while it may know of the case."""
    seen = access.visible(who, Claim.case_id)
    return seen if who.scope == "all" else and_(seen, Claim.written_by_agency == who.agency)


def terms_of(claim: Claim) -> Terms:
    return Terms(claim.id, claim.kind, claim.purpose, claim.amount_qepik, claim.payee, claim.document)


def accepted_recognitions(kind: str, moment: datetime) -> list[str]:
    """Kinds of recognition that count for a claim of this kind on that day (FU-8). NotInForce before the first day."""
    name = "needs_grants_accept_recognitions" if kind == "needs_grant" else "accepts_recognitions"
    accepted: list[str] = PARAMETERS.value(name, local_date(moment))
    return accepted


async def recognitions_of(session: AsyncSession, claim: Claim) -> Sequence[Recognition]:
    rows = await session.scalars(select(CaseRecognition).where(CaseRecognition.case_id == claim.case_id))
    return [Recognition(row.recognition_id, row.kind, row.since, row.revoked_at) for row in rows]


async def facts_of(session: AsyncSession, claim: Claim, moment: datetime, free_qepik: int) -> Facts:
    """What the rules look at on that day; money that this claim has set aside already counts as free for it."""
    known = await recognitions_of(session, claim)
    ceiling: Any = PARAMETERS.value("needs_grant_ceiling_qepik", local_date(moment))
    own = claim.amount_qepik if claim.state in RESERVING_STATES else 0
    return Facts(
        kind=claim.kind,
        amount_qepik=claim.amount_qepik,
        hands=Hands(claim.written_by, claim.requested_by, claim.approved_by),
        counts=counts(known, accepted_recognitions(claim.kind, moment), moment),
        ceiling_qepik=ceiling,
        free_qepik=free_qepik + own,
        re_examine=claim.re_examine_since is not None,
        approval_holds=claim.approved_digest in (None, terms_of(claim).digest()),
    )
