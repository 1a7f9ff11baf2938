"""How a case ends: closed, withdrawn by the person, or taken over by another country."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from casework import access, aggregate
from nrm_events.identification import CaseClosed

from identification import facts
from identification.commands import CloseReport, EndCase
from identification.domain import cases as rules
from identification.resources import Work
from identification.tables import Case, Report
from identification.use_cases import cases, consents, reflection
from identification.use_cases.agreements import check_childs_ending
from identification.use_cases.children import settle_doubts
from identification.use_cases.holders import withdraw_open_offer

Outcome = Literal["closed", "withdrawn", "transferred_abroad"]
_ENDINGS: dict[str, Outcome] = {"close": "closed", "withdraw": "withdrawn", "transfer_abroad": "transferred_abroad"}


async def close(uow: Work, case_id: UUID, command: EndCase) -> Case:
    """Close the case."""
    return await _end(uow, case_id, "close", command)


async def withdraw(uow: Work, case_id: UUID, command: EndCase) -> Case:
    """The person wishes no further part in the mechanism."""
    return await _end(uow, case_id, "withdraw", command)


async def transfer_abroad(uow: Work, case_id: UUID, command: EndCase) -> Case:
    """Another country's mechanism takes the case over."""
    return await _end(uow, case_id, "transfer_abroad", command)


async def _end(uow: Work, case_id: UUID, action: str, command: EndCase) -> Case:
    """The formal body ends a case after its assessment; a child's case ends only with an agreement (ID-7).

    What rests on the case ends with it: offers, sight by consent, doubts that wait (ID-12). An appeal lives on, a
    reflection period runs to its last day (ID-10), and what services granted is theirs to end.
    """
    case = await cases.load(uow, case_id, for_=action)
    at = uow.effective(command.happened_at, not_before=await facts.last_step_at(uow, case))
    if not facts.has(await access.bases(uow, case.id), "holder"):
        rules.check_assessed(case.status, action)
    cases.transition(case, action)
    await check_childs_ending(uow, case, action, at)
    await reflection.end_with_case(uow, case, command.written_wish, at)
    await _let_go(uow, case, action, at)
    cases.audit(uow, case, action, at)
    return case


async def close_report(uow: Work, report_id: UUID, command: CloseReport) -> Report:
    """Close a report of which no case comes, with the reason (ID-20). A child's ends with an agreement (ID-7)."""
    report = await aggregate.find(uow, Report, report_id, for_="close_report")
    case = await cases.load(uow, report.case_id, for_="close_report")
    at = uow.effective(command.happened_at, not_before=await facts.last_step_at(uow, case))
    cases.transition(case, "close_report")
    await check_childs_ending(uow, case, "close", at)
    report.closed_because = command.reason
    await _let_go(uow, case, "close", at)
    cases.audit(uow, case, "close_report", at, subject=f"report/{report.id}", reason=command.reason)
    return report


async def _let_go(uow: Work, case: Case, ending: str, at: datetime) -> None:
    """What rests on the case ends with it, and the other services learn that it has ended (ID-12)."""
    await withdraw_open_offer(uow, case, at)
    await consents.end_with_case(uow, case, ending, at)
    await settle_doubts(uow, case, at)
    await access.end_formal_body(uow, case.id)
    case.referral_awaited = False  # whoever waits for it reacts to CaseClosed
    uow.emit(CaseClosed(effective_at=at, case_id=case.id, outcome=_ENDINGS[ending]))
