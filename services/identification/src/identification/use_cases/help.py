"""Rights explained, potential victims, disclosures (ID-13, ID-14, ID-19)."""

from uuid import UUID

from casework import access, agencies
from casework.access import Access
from casework.bases import court
from chassis.clock import new_id
from chassis.errors import NotPossible
from nrm_events import identification as events
from nrm_events.taking_part import is_police

from identification.adapters.standards import known_language
from identification.commands import Disclose, ExplainRights, RecordPotential
from identification.domain.cases import ENDED
from identification.resources import Work
from identification.tables import Case, Disclosure, RightsExplanation
from identification.use_cases import cases


async def explain_rights(uow: Work, case_id: UUID, command: ExplainRights) -> Case:
    """Record that the person's rights were explained in a language they understand (ID-14)."""
    case = await cases.load_going(uow, case_id, for_="explain_rights")
    language = known_language(command.language, "body.language")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    row = RightsExplanation(
        id=new_id(),
        case_id=case.id,
        language=language,
        document_version=command.document_version,
        interpreter=command.interpreter,
        explained_at=at,
    )
    uow.session.add(row)
    uow.emit(
        events.RightsExplained(
            effective_at=at,
            case_id=case.id,
            explanation_id=row.id,
            language=language,
            document_version=row.document_version,
        )
    )
    cases.audit(uow, case, "explain_rights", at, language=language, interpreter=row.interpreter)
    return case


async def record_potential(uow: Work, case_id: UUID, command: RecordPotential) -> Case:
    """The person has access to help without recognition (ID-19)."""
    case = await cases.load(uow, case_id, for_="record_potential")
    if case.status in ENDED or case.status == "reported":
        raise NotPossible("not_possible_in_state", f"A category cannot be set while the case is {case.status}.")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    case.categories = sorted(set(case.categories) | set(command.categories))
    case.potential_at = case.potential_at or at
    uow.emit(events.PotentialVictimRecorded(effective_at=at, case_id=case.id, categories=case.categories))
    cases.audit(uow, case, "record_potential", at, categories=case.categories)
    return case


async def disclose(uow: Work, case_id: UUID, command: Disclose) -> Case:
    """Record a disclosure by decision of a prosecutor or court, with its reference (ID-13).

    The recipient may then read this class of data. Police learn of a case by the hand-over alone (ID-7).
    """
    case = await cases.load_going(uow, case_id, for_="disclose")
    await agencies.check_takes_part(uow, command.recipient, "body.recipient")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    row = Disclosure(id=new_id(), case_id=case.id, disclosed_at=at, **command.model_dump(exclude={"happened_at"}))
    uow.session.add(row)
    if not is_police(await agencies.kind(uow, row.recipient)):
        await access.grant(uow, [Access(case.id, row.recipient, court(row.data_class, row.id), at)])
    uow.emit(
        events.IdentityDisclosed(
            effective_at=at,
            case_id=case.id,
            disclosure_id=row.id,
            recipient=row.recipient,
            decided_by=command.decided_by,
        )
    )
    subject = f"disclosure/{row.id}"
    cases.audit(uow, case, "disclose", at, subject=subject, recipient=row.recipient, decided_by=row.decided_by)
    return case
