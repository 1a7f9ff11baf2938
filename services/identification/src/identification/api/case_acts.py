"""Acts on a case. Each answers with the case as it is after the act."""

from uuid import UUID

from chassis import http
from chassis.http import Now, Session
from chassis.rights import Who, right
from fastapi import Request

from identification import schemas as s
from identification.api.intake import vault_of
from identification.queries import case_answer
from identification.use_cases import consent, handover, recognition, screening, support

commands = http.commands()


@commands.post("/api/cases/{case_id}/screenings", **right("screen"))
async def screen(case_id: UUID, body: s.NewScreening, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Screen by a versioned indicator set; the explanation advises, people decide (ID-2, ID-4)."""
    case = await screening.screen(
        session,
        who,
        case_id,
        body.indicator_set,
        body.set_version,
        body.answers,
        {"act": body.act, "means": body.means, "purpose": body.purpose},
        body.happened_at,
        now,
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/consents", **right("record_consent"))
async def grant_consent(case_id: UUID, body: s.NewConsent, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Record the person's consent for one recipient, purpose and class of data (ID-12)."""
    case = await consent.grant_consent(
        session, who, case_id, body.recipient, body.purpose, body.data_class, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/consents/{consent_id}/withdrawal", **right("withdraw_consent"))
async def withdraw_consent(
    case_id: UUID, consent_id: UUID, body: s.Act, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Take a consent back; the answer shows which services have acknowledged (ID-12)."""
    case = await consent.withdraw_consent(session, who, case_id, consent_id, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/recognitions", **right("presume"))
async def presume(case_id: UUID, body: s.NewRecognition, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Give a presumed or an NGO recognition (ID-8)."""
    case = await recognition.presume(
        session, who, case_id, body.kind, body.reasons, body.dissent, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/formal-recognition", **right("recognise_formally"))
async def recognise_formally(
    case_id: UUID, body: s.NewFormalRecognition, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Recognise formally after assessment (ID-8)."""
    case = await recognition.recognise_formally(
        session, who, case_id, body.version, body.reasons, body.dissent, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/recognitions/{recognition_id}/revocation", **right("revoke"))
async def revoke(
    case_id: UUID, recognition_id: UUID, body: s.Against, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Revoke a recognition with reasons; services re-examine what rests on it (ID-9)."""
    case = await recognition.revoke(
        session, who, case_id, recognition_id, body.version, body.reasons, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/referral", **right("refer"))
async def refer(
    case_id: UUID, body: s.NewReferral, who: Who, session: Session, now: Now, request: Request
) -> s.CaseAnswer:
    """Hand the case over to the special police body (ID-7)."""
    vault = vault_of(request)
    case = await handover.refer(
        session, vault, who, case_id, body.version, body.happened_at, body.best_interests_recorded, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/referral/acknowledgement", **right("acknowledge"))
async def acknowledge(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Take the case over and begin the assessment; meets the 24 h clock (ID-7)."""
    case = await handover.acknowledge(session, who, case_id, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/decline", **right("decline"))
async def decline(case_id: UUID, body: s.Against, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Decline formal recognition with reasons (ID-9)."""
    case = await recognition.decline(session, who, case_id, body.version, body.reasons, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/appeal", **right("appeal"))
async def appeal(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Appeal the last negative or revoking decision (ID-9)."""
    case = await recognition.appeal(session, who, case_id, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/appeal/rejection", **right("reject_appeal"))
async def reject_appeal(case_id: UUID, body: s.Decision, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """The appeal does not change the decision (ID-9)."""
    case = await recognition.reject_appeal(session, who, case_id, body.version, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/reopening", **right("reopen"))
async def reopen(case_id: UUID, body: s.Decision, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Open the assessment again (ID-9)."""
    case = await recognition.reopen(session, who, case_id, body.version, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/reflection", **right("offer_reflection"))
async def offer_reflection(case_id: UUID, body: s.NewReflection, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Offer or start the reflection and recovery period (ID-10)."""
    case = await support.offer_reflection(session, who, case_id, body.started, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/reflection/end", **right("end_reflection"))
async def end_reflection(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """The person ends the period (ID-10)."""
    case = await support.end_reflection(session, who, case_id, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/rights-explanations", **right("explain_rights"))
async def explain_rights(case_id: UUID, body: s.NewExplanation, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Record that the person was told their rights (ID-14)."""
    case = await support.explain_rights(
        session, who, case_id, body.language, body.document_version, body.interpreter, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/potential", **right("record_potential"))
async def record_potential(case_id: UUID, body: s.NewCategories, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Record a category with access to help without recognition (ID-19)."""
    case = await support.record_potential(session, who, case_id, body.categories, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/age", **right("establish_age"))
async def establish_age(case_id: UUID, body: s.NewAge, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Establish the age group (ID-5)."""
    case = await support.establish_age(session, who, case_id, body.age_group, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/disclosures", **right("disclose"))
async def disclose(case_id: UUID, body: s.NewDisclosure, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Record a disclosure by decision of a prosecutor or court (ID-13)."""
    case = await support.disclose(
        session,
        who,
        case_id,
        body.recipient,
        body.decided_by,
        body.decision_reference,
        body.data_class,
        body.happened_at,
        now,
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/closing", **right("close"))
async def close(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Close the case."""
    case = await support.end_case(session, who, case_id, "close", body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/withdrawal", **right("withdraw"))
async def withdraw(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """The person wishes no further part in the mechanism."""
    case = await support.end_case(session, who, case_id, "withdraw", body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/transfer-abroad", **right("transfer_abroad"))
async def transfer_abroad(case_id: UUID, body: s.Act, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Another country's mechanism takes the case over."""
    case = await support.end_case(session, who, case_id, "transfer_abroad", body.happened_at, now)
    return await case_answer(session, who, case, now)
