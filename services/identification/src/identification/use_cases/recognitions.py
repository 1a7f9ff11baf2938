"""Recognitions: presumed, NGO and formal, and their revocation (ID-8, ID-9)."""

from datetime import datetime
from uuid import UUID

from chassis.clock import new_id
from chassis.errors import NotFound, NotPossible
from nrm_events import identification as events
from sqlalchemy import select

from identification import facts
from identification.commands import DecideAgainst, Presume, RecogniseFormally
from identification.domain import appeals
from identification.domain import cases as rules
from identification.parameters import parameter
from identification.resources import Work
from identification.tables import Case, Decision, RecognitionRow
from identification.use_cases import cases, reflection
from identification.use_cases.agreements import void_agreements
from identification.use_cases.decisions import add_decision, audit_decision


async def presume(uow: Work, case_id: UUID, command: Presume) -> Case:
    """Give a presumed or an NGO recognition (ID-8). It opens help and reflection, and needs no police."""
    case = await cases.load(uow, case_id, for_="presume")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    if case.status not in rules.RECOGNISABLE:
        raise NotPossible("not_possible_in_state", f"A case that is {case.status} takes no {command.kind} recognition.")
    row = await _add(uow, case, command, at)
    await _presumed(uow, case, row)
    cases.audit(uow, case, "presume", at, subject=f"recognition/{row.id}", kind=row.kind)
    return case


async def recognise_formally(uow: Work, case_id: UUID, command: RecogniseFormally) -> Case:
    """Give the formal recognition after assessment (ID-8)."""
    case = await cases.load(uow, case_id, for_="recognise_formally", read=command)
    at = uow.effective(command.happened_at, not_before=await facts.assessed_since(uow, case))
    cases.transition(case, "recognise_formally")
    row = await _add(uow, case, command, at)
    event = events.VictimIdentified.model_validate(await _event(uow, case, row))
    uow.emit(event)
    await cases.follow_age(uow, event)
    cases.audit(uow, case, "recognise_formally", at, subject=f"recognition/{row.id}")
    return case


async def _add(uow: Work, case: Case, command: Presume | RecogniseFormally, at: datetime) -> RecognitionRow:
    kind = command.kind if isinstance(command, Presume) else "formal"
    rules.check_authority(kind, uow.actor.agency, parameter("recognition_authorities", at))
    appeals.check_reasons(command.dissent, was_child=facts.was_child(case), field="dissent")
    rules.check_not_given(kind, uow.actor.agency, await facts.recognitions(uow, case.id))
    row = RecognitionRow(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        authority=uow.actor.agency,
        reasons=list(command.reasons),
        dissent=list(command.dissent),
        since=at,
        revoked_reasons=[],
    )
    return await _store(uow, case, row)


async def _store(uow: Work, case: Case, row: RecognitionRow) -> RecognitionRow:
    uow.session.add(row)
    await uow.session.flush()  # a second one at the same time is refused here, by the database
    await reflection.settle_re_examination(uow, case, row.since)
    await void_agreements(uow, case, row.since)
    return row


async def restore(uow: Work, case: Case, decision: Decision, at: datetime) -> RecognitionRow:
    """An appeal overturned the revocation of a presumed or an NGO recognition: it stands again from now on (ID-9).

    It is the authority's own, with the reasons that it had, and also in a case that has ended.
    """
    revoked = select(RecognitionRow).where(
        RecognitionRow.case_id == case.id,
        RecognitionRow.kind == decision.about,
        RecognitionRow.authority == decision.authority,
        RecognitionRow.revoked_at == decision.decided_at,
    )
    former = (await uow.session.scalars(revoked.order_by(RecognitionRow.id.desc()).limit(1))).one()
    row = RecognitionRow(
        id=new_id(),
        case_id=case.id,
        kind=former.kind,
        authority=former.authority,
        reasons=former.reasons,
        dissent=former.dissent,
        since=at,
        revoked_reasons=[],
    )
    await _store(uow, case, row)
    await _presumed(uow, case, row)
    return row


async def _presumed(uow: Work, case: Case, row: RecognitionRow) -> None:
    event = events.VictimPresumed.model_validate(await _event(uow, case, row) | {"kind": row.kind})
    uow.emit(event)
    await cases.follow_age(uow, event)


async def _event(uow: Work, case: Case, row: RecognitionRow) -> dict[str, object]:
    return {
        "effective_at": row.since,
        "case_id": case.id,
        "recognition_id": row.id,
        "authority": row.authority,
        **await cases.person_facts(uow, case),
    }


async def revoke(uow: Work, case_id: UUID, recognition_id: UUID, command: DecideAgainst) -> Case:
    """Revoke a recognition of one's own agency with reasons (ID-9), also after the case has ended.

    Services re-examine what rests on it. A verdict about an accused is warned of: it is no test of who was harmed.
    """
    case = await cases.load(uow, case_id, for_="revoke", read=command)
    row = await uow.session.get(RecognitionRow, recognition_id, with_for_update=True)
    if row is None or row.case_id != case.id:
        raise NotFound
    rules.check_own_decision(row.authority, uow.actor.agency)
    if row.revoked_at:
        raise NotPossible("already_revoked", "The recognition was revoked already.")
    at = uow.effective(command.happened_at, not_before=row.since)
    if row.kind == "formal":
        cases.transition(case, "revoke_formal")
    row.revoked_at, row.revoked_reasons = at, list(command.reasons)
    decision = add_decision(uow, case, "revoked", row.kind, reasons=command.reasons, at=at)
    uow.emit(
        events.RecognitionRevoked.model_validate(
            {
                "effective_at": at,
                "case_id": case.id,
                "recognition_id": row.id,
                "kind": row.kind,
                "authority": uow.actor.agency,
                "reasons": decision.reasons,
                "decision_id": decision.id,
                "appeal_by": decision.appeal_by,
            }
        )
    )
    await reflection.require_re_examination(uow, case, "recognition_revoked", at)
    await void_agreements(uow, case, at)
    audit_decision(uow, case, decision, "revoke", recognition=str(row.id))
    return case
