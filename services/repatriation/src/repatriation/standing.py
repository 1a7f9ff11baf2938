"""How bars, permits and returns stand: what the rules look at, read from the tables. Acts decide by it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.calendar import add_months
from chassis.errors import NotFound
from chassis.clock import end_of_day, local_date
from chassis.parameters import NotInForce
from chassis.rights import may
from chassis.schema import case_access
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from repatriation import tables as t
from repatriation.domain import bars, permits, returns
from repatriation.rights import RIGHTS, SAME_RIGHT, SEEN_BY
from repatriation.settings import PARAMETERS

Row = TypeVar("Row", t.Bar, t.Permit, t.Return)
THINGS: Mapping[type[t.Base], str] = {t.Bar: "bar", t.Permit: "permit", t.Return: "return"}


def visible(who: Actor, case_id: InstrumentedAttribute[UUID], thing: str) -> ColumnElement[bool]:
    """The condition that the actor's agency may see this thing of the case: for a reason that shows it (ID-12)."""
    row = case_access.c
    return exists().where(row.case_id == case_id, row.agency == who.agency, row.basis.in_(SEEN_BY[thing]))


def visible_permit(who: Actor) -> ColumnElement[bool]:
    """ID-11: a permit on the assisting ground exists for permit and motion officers only."""
    seen = visible(who, t.Permit.case_id, "permit")
    return seen if may_see_ground(who) else and_(seen, t.Permit.ground == permits.VICTIM)


async def find(session: AsyncSession, who: Actor, table: type[Row], id_: UUID) -> Row:
    """The object, if the actor may see it; NotFound as for an unknown one."""
    seen = visible_permit(who) if table is t.Permit else visible(who, table.case_id, THINGS[table])
    found = await session.scalar(select(table).where(table.id == id_, seen))
    if found is None:
        raise NotFound
    return found


def may_see_ground(who: Actor) -> bool:
    return bool(who.roles & RIGHTS["see_assisting_ground"].keys())


def possible_actions(who: Actor, thing: str, actions: Sequence[str]) -> set[str]:
    """The actions of a machine to which the actor's roles give a right."""
    held = may(RIGHTS, who)
    return {a for a in actions if SAME_RIGHT.get(f"{a}_{thing}", f"{a}_{thing}") in held}


def value_or_none(name: str, day: date) -> Any:
    """A parameter of that day; None where it is unset or the rule did not exist yet."""
    try:
        return PARAMETERS.value(name, day)
    except NotInForce:
        return None


def permit_law(day: date) -> permits.Law:
    """RP-1 … RP-3 as the law stood on that day."""
    return permits.Law(
        first_max_months=value_or_none("permit_first_max_months", day),
        extension_max_months=value_or_none("permit_extension_max_months", day),
        requires_motion=bool(value_or_none("permit_requires_motion", day)),
        opinion_workdays=value_or_none("permit_opinion_workdays", day),
        decision_workdays=value_or_none("permit_decision_workdays", day),
        standing_grounds=tuple(value_or_none("permit_standing_refusal_grounds", day) or ()),
        waived_grounds=tuple(value_or_none("permit_waived_refusal_grounds", day) or ()),
        waived_documents=tuple(value_or_none("permit_waived_documents", day) or ()),
        fee_qepik=value_or_none("permit_fee_qepik", day),
        fingerprint_age=value_or_none("fingerprint_min_age", day),
        until_judgment=bool(value_or_none("permit_until_judgment_if_assisting", day)),
    )


def considered_until(since: datetime) -> datetime:
    """RP-4: the end of the months in which who is considered a victim is not removed. NotInForce before the rule."""
    day = local_date(since)
    return end_of_day(add_months(day, PARAMETERS.value("removal_bar_months", day)))


async def person_of(session: AsyncSession, case_id: UUID) -> bars.Person:
    """The facts of the case and whether sms may be told (RP-4)."""
    case = await session.get(t.CaseFile, case_id)
    consents = select(t.Consent.consent_id).where(
        t.Consent.case_id == case_id,
        t.Consent.recipient == bars.TOLD_AGENCY,
        t.Consent.purpose == bars.TOLD_PURPOSE,
        t.Consent.withdrawn_at.is_(None),
    )
    return bars.Person(
        citizenship=case.citizenship if case else None,
        age_group=case.age_group if case else None,
        consents_to_notice=bool(await session.scalar(select(consents.exists()))),
    )


async def standing_recognitions(session: AsyncSession, case_id: UUID) -> list[bars.Recognition]:
    """Who considers the person a victim: every kind counts here, and none is revoked."""
    rows = await session.scalars(
        select(t.Recognition).where(t.Recognition.case_id == case_id, t.Recognition.revoked_at.is_(None))
    )
    return [bars.Recognition(row.recognition_id, row.since) for row in rows]


async def open_claims(session: AsyncSession, case_id: UUID) -> Sequence[t.ClaimSeen]:
    """Claims at the Fund that wait for a decision or a payment, as its events tell."""
    rows = await session.scalars(
        select(t.ClaimSeen)
        .where(t.ClaimSeen.case_id == case_id, t.ClaimSeen.is_open)
        .order_by(t.ClaimSeen.since, t.ClaimSeen.claim_id)
    )
    return rows.all()


async def opinions_of(session: AsyncSession, permit_id: UUID) -> Sequence[t.PermitOpinion]:
    rows = await session.scalars(
        select(t.PermitOpinion).where(t.PermitOpinion.permit_id == permit_id).order_by(t.PermitOpinion.id)
    )
    return rows.all()


async def permit_facts(session: AsyncSession, permit: t.Permit) -> permits.Facts:
    case = await session.get(t.CaseFile, permit.case_id)
    return permits.Facts(
        citizenship=case.citizenship if case else None,
        handed_to_prosecution=await access.knows(session, permit.case_id, permits.PROSECUTING_BODY),
        opinions=tuple(
            permits.Opinion(row.body, row.due_at, row.answered_at, row.silent)
            for row in await opinions_of(session, permit.id)
        ),
        re_examine=permit.re_examine,
        appealed_before=permit.round > 1,
        valid_until=permit.valid_until,
    )


async def return_facts(session: AsyncSession, row: t.Return, now: datetime) -> returns.Facts:
    case = await session.get(t.CaseFile, row.case_id)
    unseen = [
        claim.claim_id
        for claim in await open_claims(session, row.case_id)
        if claim.kind == "compensation" and str(claim.claim_id) not in row.claims_found
    ]
    return returns.Facts(
        requested_at=row.requested_at,
        is_child=case is not None and case.age_group == "child",
        consent_at=row.consent_at,
        risk=_risk(row),
        risk_valid_days=value_or_none("risk_assessment_valid_days", local_date(now)),
        best_interests=_best_interests(row),
        claims_checked_at=row.claims_checked_at,
        has_unseen_claims=bool(unseen),
        handover_offered=row.handover_to is not None,
    )


def _risk(row: t.Return) -> returns.Risk | None:
    if row.risk_level is None or row.risk_assessed_at is None:
        return None
    return returns.Risk(row.risk_level, bool(row.retrafficking_risk), row.risk_assessed_at)


def _best_interests(row: t.Return) -> returns.BestInterests | None:
    if row.best_interests is None or row.opinion_heard is None:
        return None
    return returns.BestInterests(bool(row.guardian), row.best_interests, row.opinion_heard)
