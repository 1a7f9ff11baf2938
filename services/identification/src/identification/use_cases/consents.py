"""Consent per recipient, purpose and class of data; withdrawal, refusal (ID-7, ID-12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from casework import access, agencies
from casework.calendar import local_date
from casework.projection import consent_row
from chassis.clock import new_id
from chassis.errors import Fault, NotFound, NotPossible
from nrm_events.identification import ConsentGranted, ConsentWithdrawn, ReferralDutyMet
from sqlalchemy import func, select

from identification import facts
from identification.adapters.standards import known_language
from identification.commands import (
    ConsentDetails,
    Grant,
    MeetDutyWithoutName,
    RecordConsent,
    RecordConsents,
    WithdrawConsent,
)
from identification.domain import consents as rules
from identification.domain.known import codes
from identification.resources import Work
from identification.tables import Case, Consent, Refusal, Report, UnnamedNotice
from identification.use_cases import cases
from identification.use_cases.ages import age_group_at


async def record(uow: Work, case_id: UUID, command: RecordConsent) -> Case:
    """The person agrees (ID-12). The recipient may then know of the case; police only by the hand-over (ID-7)."""
    case = await cases.load_going(uow, case_id, for_="record_consent")
    await agencies.check_takes_part(uow, command.recipient, "body.recipient")
    if not await facts.is_holder(uow, case.id):
        rules.check_help(await agencies.kind(uow, command.recipient), command.purpose)
    return await grant(uow, case, command)


async def record_several(uow: Work, case_id: UUID, command: RecordConsents) -> Case:
    """The person grants several consents at one time; all are recorded, or none (ID-12).

    What is named twice is granted once. NotPossible `already_granted` with the lines that stand already.
    """
    case = await cases.load_going(uow, case_id, for_="record_consent")
    await _check_lines(uow, case, command.grants)
    details = command.model_dump(exclude={"grants"})
    for line in dict.fromkeys(command.grants):
        await grant(uow, case, RecordConsent.model_validate(details | line.model_dump()))
    return case


async def _check_lines(uow: Work, case: Case, grants: Sequence[Grant]) -> None:
    holds = await facts.is_holder(uow, case.id)
    standing = await facts.consents_standing(uow, case.id)
    faults = []
    for number, line in enumerate(grants):
        await agencies.check_takes_part(uow, line.recipient, f"body.grants.{number}.recipient")
        if not holds:
            rules.check_help(await agencies.kind(uow, line.recipient), line.purpose)
        if (line.recipient, line.purpose, line.data_class) in standing:
            faults.append(Fault(f"body.grants.{number}.data_class", "already_granted", "stands already"))
    if faults:
        raise NotPossible("already_granted", "A consent of these stands already.", faults=faults)


async def grant(uow: Work, case: Case, command: RecordConsent) -> Case:
    """The same once it is allowed. A grant entered late does not come before a withdrawal of the same."""
    at = uow.effective(command.happened_at, not_before=await _withdrawn_last(uow, case.id, command) or case.reported_at)
    if case.age_without_doubt and _is_to_police(command):
        rules.check_in_person(command.given_by)
    else:
        await check_details(uow, case, command, at)
    language = known_language(command.language, "body.language")
    consent = Consent(
        id=new_id(),
        case_id=case.id,
        given_at=at,
        recorded_by=uow.actor.agency,
        **command.model_dump(exclude={"happened_at", "language"}),
        language=language,
    )
    uow.session.add(consent)
    await uow.session.flush()
    await cases.settle_consent(uow, case, at)
    kind = await agencies.kind(uow, consent.recipient)
    event = ConsentGranted.model_validate(_event(consent, at) | {"recipient_kind": kind})
    await access.grant(uow, [consent_row(event)])
    uow.emit(event)
    cases.audit(
        uow,
        case,
        "record_consent",
        at,
        subject=f"consent/{consent.id}",
        recipient=consent.recipient,
        purpose=consent.purpose,
    )
    return case


def _is_to_police(command: RecordConsent) -> bool:
    """Whether a hand-over can rest on it (ID-7)."""
    return (command.recipient, command.purpose, command.data_class) == facts.TO_THE_HAND_OVER


async def check_details(uow: Work, case: Case, details: ConsentDetails, at: datetime) -> None:
    """Who agreed fits the age on that day: a child never alone, and with the child's view (ID-5, ID-12)."""
    known_language(details.language, "body.language")
    rules.check_given_by(details.given_by, details.child_view, await age_group_at(uow, case, at))


async def _withdrawn_last(uow: Work, case_id: UUID, command: RecordConsent) -> datetime | None:
    same = (
        Consent.recipient == command.recipient,
        Consent.purpose == command.purpose,
        Consent.data_class == command.data_class,
    )
    found: datetime | None = await uow.session.scalar(
        select(func.max(Consent.withdrawn_at)).where(Consent.case_id == case_id, *same)
    )
    return found


def _event(consent: Consent, at: datetime) -> dict[str, object]:
    return {
        "effective_at": at,
        "case_id": consent.case_id,
        "consent_id": consent.id,
        "recipient": consent.recipient,
        "purpose": consent.purpose,
        "data_class": consent.data_class,
    }


async def withdraw(uow: Work, case_id: UUID, consent_id: UUID, command: WithdrawConsent) -> Case:
    """The person takes the consent back (ID-12). Every service ends what rests on it and acknowledges.

    A hand-over that was done stays done; before it, the case is again one that police may not know of (ID-7).
    """
    case = await cases.load(uow, case_id, for_="withdraw_consent")
    consent = await uow.session.scalar(
        select(Consent).where(Consent.id == consent_id, Consent.case_id == case.id).with_for_update()
    )
    bases = await access.bases(uow, case.id)
    if consent is None or not await _is_shown(uow, consent, facts.has(bases, "holder")):
        raise NotFound
    rules.check_may_withdraw(
        holds=facts.has(bases, "holder"),
        formal_body=facts.has(bases, "formal_body"),
        recorded_it=consent.recorded_by == uow.actor.agency,
        receives_it=consent.recipient == uow.actor.agency,
    )
    if consent.withdrawn_at:
        raise NotPossible("already_withdrawn", "The consent was withdrawn already.")
    at = uow.effective(command.happened_at, not_before=consent.given_at)
    consent.withdrawn_at, consent.ended_because, consent.waits = at, "withdrawn", True
    await cases.settle_consent(uow, case, at)
    await access.revoke_by(uow, case.id, "consent", consent.id)
    await _end_support(uow, consent)
    uow.emit(ConsentWithdrawn.model_validate(_event(consent, at)))
    cases.audit(uow, case, "withdraw_consent", at, subject=f"consent/{consent.id}", recipient=consent.recipient)
    return case


async def end_with_case(uow: Work, case: Case, ending: str, at: datetime) -> None:
    """The consents of a case end with it, save those that serve what outlives a closed one (ID-12)."""
    standing = select(Consent).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    for consent in list(await uow.session.scalars(standing.order_by(Consent.id).with_for_update())):
        if rules.outlives(consent.purpose, ending):
            continue
        ended_at, because = max(at, consent.given_at), "withdrawn" if ending == "withdraw" else "case_ended"
        consent.withdrawn_at, consent.ended_because, consent.waits = ended_at, because, True
        await access.revoke_by(uow, case.id, "consent", consent.id)
        if because == "withdrawn":
            await _end_support(uow, consent)
        uow.emit(ConsentWithdrawn.model_validate(_event(consent, ended_at) | {"because": because}))


async def _end_support(uow: Work, consent: Consent) -> None:
    """With the last consent that support can rest on, its recipient serves by no hand-over any more (ID-12, SH-8).

    At once, for `serves` opens the name and the contact here: shelter's HandoverEnded comes later, or not for hours.
    """
    others = select(Consent.id).where(
        Consent.case_id == consent.case_id,
        Consent.recipient == consent.recipient,
        Consent.purpose.in_(rules.SUPPORT),
        Consent.withdrawn_at.is_(None),
        Consent.id != consent.id,
    )
    if consent.purpose not in rules.SUPPORT or await uow.session.scalar(others.limit(1)):
        return
    for basis in await access.bases(uow, consent.case_id, consent.recipient):
        if basis.name in ("asked", "serves") and basis.about == "handover":
            await access.revoke(uow, consent.case_id, consent.recipient, basis)


async def support_withdrawn(uow: Work, recipients: Mapping[UUID, str]) -> set[UUID]:
    """The cases of these in which the person took back the last consent that the recipient's support can rest on.

    ID-12, SH-8. A recipient for each case.
    """
    of_support = (Consent.case_id.in_(recipients), Consent.purpose.in_(rules.SUPPORT))
    one = (Consent.case_id, Consent.recipient)
    newest = select(*one, Consent.ended_because).distinct(*one).where(*of_support)
    rows = await uow.session.execute(newest.order_by(*one, Consent.withdrawn_at.desc().nulls_first()))
    return {case for case, to, because in rows.tuples() if recipients[case] == to and because == "withdrawn"}


async def _is_shown(uow: Work, consent: Consent, holds: bool) -> bool:
    """A consent that the actor's agency may not know of answers as one that does not exist (ID-12)."""
    if holds or uow.actor.agency in (consent.recipient, consent.recorded_by):
        return True
    referral = await facts.referral_of(uow, consent.case_id)
    return referral is not None and referral.to == uow.actor.agency and consent.given_at >= referral.referred_at


async def meet_duty_without_name(uow: Work, case_id: UUID, command: MeetDutyWithoutName) -> Case:
    """An adult refuses the hand-over: the duty is met by a notice that opens no case (ID-7).

    From now on the case is handed over only with consent; the 24 hours no longer run.
    """
    case = await cases.load_going(uow, case_id, for_="meet_duty_without_name")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _check_duty(uow, case)
    language = known_language(command.language, "body.language")
    refusal = Refusal(
        id=new_id(),
        case_id=case.id,
        how=command.how,
        language=language,
        interpreter=command.interpreter,
        text_version=command.text_version,
        recorded_by=uow.actor.agency,
        refused_at=at,
    )
    uow.session.add(refusal)
    uow.session.add(await _notice(uow, case, at))
    case.refused_at, case.duty_met_at, case.referral_awaited = at, at, False
    await cases.settle_consent(uow, case, at)
    uow.emit(ReferralDutyMet(effective_at=at, case_id=case.id, holder=case.holder))
    cases.audit(uow, case, "meet_duty_without_name", at, subject=f"refusal/{refusal.id}")
    return case


_NO_DUTY = {
    "already_met": "The duty was met without the name already.",
    "already_referred": "The case was handed over already.",
    "child_is_handed_over": "A child is always handed over; there is nothing to refuse.",
    "no_duty": "The law obliges nobody to report this case without asking the person.",
    "consent_stands": "The person has agreed to the hand-over.",
}


async def _check_duty(uow: Work, case: Case) -> None:
    if reason := await facts.duty_without_name(uow, case):
        raise NotPossible(reason, _NO_DUTY[reason])


async def _notice(uow: Work, case: Case, at: datetime) -> UnnamedNotice:
    """Form, region, sex, age group and day: nothing by which the case could be found (ID-7)."""
    report = await uow.session.scalar(select(Report).where(Report.case_id == case.id).order_by(Report.id).limit(1))
    return UnnamedNotice(
        id=uuid4(),  # random: a number in order would reveal when
        day=local_date(at),
        forms=sorted(codes(report.codes, "vic_TypeOfExploitation")) if report else [],
        region=report.region if report else None,
        sex=case.sex,
        age_group=facts.hand_over_age(case),
    )
