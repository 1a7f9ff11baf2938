"""Voluntary returns as people see them; the receiving body reads what it takes over (RP-5, RP-6, ID-12)."""

from uuid import UUID

from casework import access, answers
from casework.calendar import local_date
from casework.deadlines import Deadline
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from repatriation.answers import ClaimAnswer, GateAnswer, GatesAnswer, ReturnAnswer, ReturnRow, VisitAnswer
from repatriation.domain import returns
from repatriation.facts import cases
from repatriation.facts.returns import facts_of
from repatriation.facts.visibility import find
from repatriation.parameters import value_or_none
from repatriation.tables import FollowUp, Return
from repatriation.views import parts
from repatriation.views.lists import WantedReturns, page_of
from repatriation.views.parts import Viewed

PART_OF = dict.fromkeys(
    (
        *("request", "depart", "offer_handover", "acknowledge_handover", "close_without_body", "follow_up", "close"),
        *("withdraw", "re_examine", "confirm", "did_not_depart"),
    ),
    "see_returns",
) | dict.fromkeys(
    (
        *("record_consent", "assess_risk", "refuse_for_risk", "decide_best_interests", "check_claims", "clear"),
        *("suspend", "obtain_documents", "book_travel"),
    ),
    "read_return_gates",
)


async def voluntary_return(uow: UnitOfWork, row: Return) -> ReturnAnswer:
    """A return: for who handles it with each gate, passed or missing, and the open claims as a warning (RP-5)."""
    await uow.session.flush()
    (seen,) = await parts.viewed(uow, [row])
    facts = await facts_of(uow, row, uow.now)
    visits = await uow.session.scalars(select(FollowUp).where(FollowUp.return_id == row.id).order_by(FollowUp.id))
    gates = await _gates(uow, row, facts) if access.gives(uow, "read_return_gates", seen.own) else {}
    nothing = {} if row.re_examine else {"confirm": "nothing_to_re_examine"}
    refused = dict(returns.refused_actions(facts, uow.now)) | nothing
    fields: dict[str, object] = {
        "handover_to": row.handover_to,
        "handed_over_at": row.handed_over_at,
        "ended_without_body": row.ended_without_body,
        "visits": [VisitAnswer.model_validate(visit, from_attributes=True) for visit in visits],
        "actions": parts.actions(uow, row, seen, machine=returns.RETURN, refused=refused),
        "clocks": answers.clocks(_clocks(row), uow.now),
    }
    return ReturnAnswer.model_validate(_fields(row, seen) | gates | fields)


def _clocks(row: Return) -> list[Deadline]:
    """RP-6: until when the receiving body acknowledges."""
    if row.handover_due_at is None:
        return []
    ended = row.handed_over_at or (row.effective_at if row.state == "closed" else None)
    return [Deadline("return_handover", row.handover_due_at, ended)]


async def _gates(uow: UnitOfWork, row: Return, facts: returns.Facts) -> dict[str, object]:
    claims = (await cases.open_claims(uow, [row.case_id])).get(row.case_id, [])
    return parts.columns(row, GatesAnswer) | {
        "guardian": facts.has_guardian if facts.is_child else None,
        "opinion_age": value_or_none("return_child_opinion_age", local_date(uow.now)),
        "open_claims": [ClaimAnswer(**vars(claim)) for claim in claims],
        "gates": [GateAnswer(**vars(gate)) for gate in returns.gates(facts, uow.now)],
    }


def _fields(row: Return, seen: Viewed) -> dict[str, object]:
    return parts.columns(row, ReturnRow) | parts.of_case(row, seen)


async def list_returns(uow: UnitOfWork, wanted: WantedReturns) -> Page[ReturnRow]:
    rows, key = await page_of(uow, Return, wanted, for_="see_returns")
    seen = await parts.viewed(uow, rows)
    return Page(items=[ReturnRow.model_validate(_fields(*pair)) for pair in zip(rows, seen, strict=True)], next=key)


async def one(uow: UnitOfWork, return_id: UUID) -> ReturnAnswer:
    row, _ = await find(uow, Return, return_id, for_="see_returns")
    return await voluntary_return(uow, row)


async def history(uow: UnitOfWork, return_id: UUID) -> answers.History:
    """What was done, newest first."""
    row, own = await find(uow, Return, return_id, for_="see_returns")
    return await parts.history(uow, row, own, PART_OF)
