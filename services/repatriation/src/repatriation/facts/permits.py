"""What decides about permits: the law of a day, opinions, and whether the prosecuting body has the case."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from casework import access
from casework.bases import BY_FORMAL_BODY, BY_HOLDER, covered
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from sqlalchemy import select

from repatriation.domain import permits
from repatriation.facts import cases
from repatriation.parameters import value_or_none
from repatriation.tables import Permit, PermitDecision, PermitOpinion


def law(day: date) -> permits.Law:
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


async def opinions_of(uow: UnitOfWork, permit_id: UUID) -> Sequence[PermitOpinion]:
    """The opinions that were requested, in this order."""
    rows = await uow.session.scalars(
        select(PermitOpinion).where(PermitOpinion.permit_id == permit_id).order_by(PermitOpinion.id)
    )
    return rows.all()


async def facts_of(uow: UnitOfWork, permit: Permit, at: datetime) -> permits.Facts:
    """What the rules look at beside the state, as of `at`."""
    person = await cases.person(uow, permit.case_id)
    decided_by = await _who_decided_before(uow, permit)
    return permits.Facts(
        citizenship=person.citizenship,
        handed_to_prosecution=await _is_handed_over(uow, permit.case_id),
        opinions=tuple(
            permits.Opinion(row.body, row.due_at, row.answered_at, row.silent)
            for row in await opinions_of(uow, permit.id)
        ),
        re_examine=permit.re_examine,
        appealed_before=decided_by is not None,
        decided_before=decided_by == uow.actor.sub,
        was_lodged=permit.lodged_at is not None,
        motion_brought=permit.motion_received_at is not None,
        motion_missing=_is_motion_missing(permit, at),
        valid_until=permit.valid_until,
    )


async def _who_decided_before(uow: UnitOfWork, permit: Permit) -> str | None:
    """Who decided the round before this one; None in the first, and after a refusal was set aside (RP-3)."""
    before = select(PermitDecision.decided_by).where(
        PermitDecision.permit_id == permit.id, PermitDecision.round == permit.round - 1
    )
    found: str | None = await uow.session.scalar(before)
    return found


def _is_motion_missing(permit: Permit, at: datetime) -> bool:
    """RP-1: the motion was declined, or did not come within its term."""
    if permit.motion_received_at is not None:
        return False
    overdue = permit.motion_due_at is not None and permit.motion_due_at < at
    return permit.motion_declined_at is not None or overdue


async def _is_handed_over(uow: UnitOfWork, case_id: UUID) -> bool:
    """ID-7: the prosecuting body has the case by the hand-over, or holds it."""
    return covered((BY_FORMAL_BODY, BY_HOLDER), await access.bases(uow, case_id, SPECIAL_POLICE_BODY))
