"""Hand-over to the special police body within 24 hours (ID-7), and its acknowledgement."""

from uuid import UUID

from casework import access
from casework.access import Access
from casework.bases import FORMAL_BODY
from chassis.clock import new_id
from chassis.errors import NotPossible
from nrm_events.identification import ReferralAcknowledged, VictimReferred
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from sqlalchemy import select

from identification import facts
from identification.commands import Acknowledge, Refer
from identification.domain import cases as rules
from identification.parameters import parameter
from identification.resources import Work
from identification.tables import Case, Referral
from identification.use_cases import cases
from identification.use_cases.ages import age_group_at


async def refer(uow: Work, case_id: UUID, command: Refer) -> Case:
    """Hand the case over (ID-7). From this transaction on the special police body may know of it, not before.

    Whether consent is required, and the best interests, goes by the age on the day of the hand-over (ID-5). The
    guardianship authority hands over children alone.
    """
    case = await cases.load(uow, case_id, for_="refer", read=command)
    at = uow.effective(command.happened_at, not_before=await facts.assessed_since(uow, case))
    consent = await facts.hand_over_consent(uow, case.id)
    age_group = case.age_without_doubt or await age_group_at(uow, case, at)
    if age_group != "child" and not await facts.is_holder(uow, case.id):
        raise access.NotForThisBasis("refer")
    free = consent is not None or not await facts.needs_consent(uow, case, age_group=age_group)
    rules.check_referral(age_group, await facts.was_handed_over(uow, case.id), free, command.best_interests_recorded)
    if consent and at < consent.given_at:
        raise NotPossible("before_consent", "The hand-over cannot come before the consent it rests on.")
    if case.status == "consent_pending":  # came of age since the day of the hand-over
        cases.transition(case, "need_no_consent")
    cases.transition(case, "refer")
    referral = Referral(
        id=new_id(),
        case_id=case.id,
        to=SPECIAL_POLICE_BODY,
        referred_at=at,
        due_at=rules.referral_due(case.reported_at, parameter("referral_hours", case.reported_at)),
        best_interests=command.best_interests_recorded,
    )
    uow.session.add(referral)
    await access.grant(uow, [Access(case.id, referral.to, FORMAL_BODY, at)])
    uow.emit(
        VictimReferred(
            effective_at=at,
            case_id=case.id,
            referral_id=referral.id,
            to=referral.to,
            reported_at=case.reported_at,
            due_at=referral.due_at,
        )
    )
    await cases.settle_referral(uow, case, at)
    cases.audit(uow, case, "refer", at, to=referral.to)
    return case


async def acknowledge(uow: Work, case_id: UUID, command: Acknowledge) -> Case:
    """The special police body takes the case and begins the assessment (ID-7)."""
    case = await cases.load(uow, case_id, for_="acknowledge")
    cases.transition(case, "acknowledge")
    referral = (await uow.session.scalars(select(Referral).where(Referral.case_id == case.id))).one()
    referral.acknowledged_at = uow.effective(command.happened_at, not_before=referral.referred_at)
    uow.emit(
        ReferralAcknowledged(
            effective_at=referral.acknowledged_at, case_id=case.id, referral_id=referral.id, by=uow.actor.agency
        )
    )
    cases.audit(uow, case, "acknowledge", referral.acknowledged_at)
    return case
