"""Agencies as operators and who oversees see them."""

from chassis import answers, audit
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.rights import may
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import AGENCY
from exchange.rights import RIGHTS
from exchange.schemas import Agencies, AgencyAnswer, AgencySummary, AgreementBody
from exchange.tables import Agency, AgreementRow, Submission, Told, Withdrawal, Withheld

_STORED = ("code", "state", "edition", "joined_at", "changed_at", "version")


async def list_agencies(session: AsyncSession) -> Agencies:
    rows = await session.execute(
        select(Agency, AgreementRow.content)
        .join(AgreementRow, (Agency.code == AgreementRow.agency) & (Agency.edition == AgreementRow.edition))
        .order_by(Agency.code)
    )
    return Agencies(items=[_summary(agency, content["title"]) for agency, content in rows])


def _summary(agency: Agency, title: str) -> AgencySummary:
    return AgencySummary(title=title, **{name: getattr(agency, name) for name in _STORED})


async def find_agency(session: AsyncSession, code: str) -> Agency:
    agency = await session.get(Agency, code)
    if agency is None:
        raise NotFound
    return agency


async def show_agency(session: AsyncSession, who: Actor, agency: Agency) -> AgencyAnswer:
    """The agency, its agreement, what was said and told in numbers, and what can be done."""
    await session.flush()
    held = (await session.get_one(AgreementRow, (agency.code, agency.edition))).content
    told = (
        await session.execute(
            select(
                func.count(func.distinct(Told.case_id)), func.coalesce(func.sum(Told.events), 0), func.max(Told.last_at)
            ).where(Told.agency == agency.code)
        )
    ).one()
    said = (
        await session.execute(
            select(Submission.code, func.count(), func.max(Submission.received_at))
            .where(Submission.agency == agency.code)
            .group_by(Submission.code)
        )
    ).all()
    by_code = {code or "": count for code, count, _ in said}
    return AgencyAnswer(
        **_summary(agency, held["title"]).model_dump(),
        agreement=AgreementBody.model_validate(held),
        cases_told=told[0],
        events_told=told[1],
        last_told_at=told[2],
        events_withheld=await _count(session, Withheld, agency.code),
        submissions_accepted=by_code.pop("accepted", 0),
        submissions_waiting=by_code.pop("", 0),
        submissions_refused=by_code,
        last_heard_at=max((at for _, _, at in said), default=None),
        withdrawals_not_acknowledged=await session.scalar(
            select(func.count())
            .select_from(Withdrawal)
            .where(Withdrawal.agency == agency.code, Withdrawal.acknowledged_at.is_(None))
        )
        or 0,
        actions=answers.actions(AGENCY.list_actions(agency.state, {}, may=may(RIGHTS, who))),
    )


async def _count(session: AsyncSession, table: type[Withheld], code: str) -> int:
    return await session.scalar(select(func.count()).select_from(table).where(table.agency == code)) or 0


async def agency_history(session: AsyncSession, code: str) -> answers.History:
    """Who joined, cut off and let in the agency, newest first."""
    await find_agency(session, code)
    return answers.history(await audit.history(session, subject=f"agency/{code}"))
