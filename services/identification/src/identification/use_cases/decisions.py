"""Negative decisions with their reasons, warnings and the term of appeal (ID-9)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.clock import new_id
from nrm_events import identification as events

from identification import facts
from identification.commands import DecideAgainst
from identification.domain import appeals
from identification.domain import cases as rules
from identification.parameters import parameter
from identification.resources import Work
from identification.tables import Case, Decision
from identification.use_cases import cases, reflection
from identification.use_cases.agreements import void_agreements


async def decline(uow: Work, case_id: UUID, command: DecideAgainst) -> Case:
    """Decline recognition with reasons (ID-9). Nothing granted is cancelled by this.

    After the hand-over the formal authority decides. Where the person did not agree to it, the NGO that holds the case
    assesses it; police learn nothing (ID-7).
    """
    case = await cases.load(uow, case_id, for_="decline", read=command)
    at = uow.effective(command.happened_at, not_before=await facts.assessed_since(uow, case))
    cases.transition(case, "decline")
    handed_over = await facts.was_handed_over(uow, case.id)
    rules.check_decline(
        uow.actor.agency,
        handed_over,
        await facts.may_be_handed_over(uow, case),
        parameter("recognition_authorities", at),
    )
    about = rules.deciding_kind(handed_over)
    decision = add_decision(uow, case, "declined", about, reasons=command.reasons, at=at)
    uow.emit(
        events.IdentificationDeclined(
            effective_at=at,
            case_id=case.id,
            decision_id=decision.id,
            authority=decision.authority,
            reasons=decision.reasons,
            appeal_by=decision.appeal_by,
        )
    )
    await reflection.require_re_examination(uow, case, "identification_declined", at)
    await void_agreements(uow, case, at)
    audit_decision(uow, case, decision, "decline")
    return case


def add_decision(uow: Work, case: Case, kind: str, about: str, *, reasons: Sequence[str], at: datetime) -> Decision:
    """A negative decision of the actor's agency about a kind of recognition. Invalid `means_of_a_child` (ID-2)."""
    appeals.check_reasons(reasons, was_child=facts.was_child(case))
    decision = Decision(
        id=new_id(),
        case_id=case.id,
        authority=uow.actor.agency,
        decided_by_person=uow.actor.sub,
        kind=kind,
        about=about,
        reasons=list(reasons),
        warnings=appeals.warnings_of(reasons),
        decided_at=at,
        appeal_by=facts.appeal_until(at),
    )
    uow.session.add(decision)
    return decision


def audit_decision(uow: Work, case: Case, decision: Decision, action: str, **more: object) -> None:
    """The reasons, and what the decider was warned of, are on record (ID-9)."""
    warned = {"warnings": decision.warnings} if decision.warnings else {}
    noted = {"reasons": decision.reasons, **warned, **more}
    cases.audit(uow, case, action, decision.decided_at, subject=f"decision/{decision.id}", **noted)
