"""Agencies' systems as operators and who oversees see them. No count reveals a case that is hidden from police."""

from datetime import datetime
from typing import TypedDict

from casework import answers
from casework.agencies import kind, kinds
from casework.tables import case_access
from chassis import audit
from chassis.errors import NotFound
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from sqlalchemy import exists, func, select, union_all

from exchange.answers import (
    Agencies,
    AgencyAnswer,
    AgencySummary,
    AgreementAnswer,
    AgreementChecked,
    RefusedCount,
    State,
)
from exchange.domain.agreements import AGENCY
from exchange.tables import Agency, AgreementRow, Tally, TallyChange, Withdrawal, Withheld

_STORED = ("code", "state", "edition", "joined_at", "changed_at", "version")


async def list_agencies(uow: UnitOfWork, state: State | None = None) -> Agencies:
    """Those that were ever joined, by code; with `state`, those in it."""
    found = select(Agency, AgreementRow.content).join(
        AgreementRow, (Agency.code == AgreementRow.agency) & (Agency.edition == AgreementRow.edition)
    )
    wanted = found.where(Agency.state == state) if state else found
    rows = (await uow.session.execute(wanted.order_by(Agency.code))).all()
    kind_of = await kinds(uow, [agency.code for agency, _ in rows])
    return Agencies(items=[_summary(agency, str(content["title"]), kind_of[agency.code]) for agency, content in rows])


def _summary(agency: Agency, title: str, kind: str | None) -> AgencySummary:
    stored = {name: getattr(agency, name) for name in _STORED}
    return AgencySummary.model_validate(stored | {"title": title, "kind": kind})


async def find_agency(uow: UnitOfWork, code: str) -> AgencyAnswer:
    agency = await uow.session.get(Agency, code)
    if agency is None:
        raise NotFound
    return await show_agency(uow, agency)


async def show_agency(uow: UnitOfWork, agency: Agency) -> AgencyAnswer:
    """The agency, its agreement, how much went in and out, and what can be done."""
    await uow.session.flush()
    content = (await uow.session.get_one(AgreementRow, (agency.code, agency.edition))).content
    summary = _summary(agency, str(content["title"]), await kind(uow, agency.code))
    sent, submitted = await _counted(uow, agency.code)
    return AgencyAnswer(
        **summary.model_dump(),
        agreement=AgreementAnswer.model_validate(content),
        **sent,
        **submitted,
        events_withheld=await _withheld(uow, agency.code, summary.kind),
        withdrawals_not_acknowledged=await _not_acknowledged(uow, agency.code),
        actions=answers.actions(AGENCY.list_actions(agency.state, {}, may=may(uow.rights, uow.actor))),
    )


class _Sent(TypedDict):
    cases_told: int
    events_told: int
    last_told_at: datetime | None


class _Submitted(TypedDict):
    submissions_accepted: int
    submissions_waiting: int
    submissions_refused: dict[str, int]
    refused: list[RefusedCount]
    last_heard_at: datetime | None


async def _counted(uow: UnitOfWork, code: str) -> tuple[_Sent, _Submitted]:
    """What the tally holds and the changes that are not yet added to it."""
    both = union_all(
        *(
            select(kept.what, kept.code, kept.amount, kept.last_at).where(kept.agency == code)
            for kept in (Tally, TallyChange)
        )
    ).subquery()
    amounts = select(both.c.what, both.c.code, func.sum(both.c.amount), func.max(both.c.last_at))
    rows = (await uow.session.execute(amounts.group_by(both.c.what, both.c.code))).all()
    found = {(what, of): (int(amount), at) for what, of, amount, at in rows}
    (cases, _), (events, last) = found.get(("case", ""), (0, None)), found.get(("event", ""), (0, None))
    by_code = {of: amount for (what, of), (amount, _) in found.items() if what == "submission" and amount}
    submitted: _Submitted = {
        "submissions_accepted": by_code.pop("accepted", 0),
        "submissions_waiting": by_code.pop("", 0),
        "submissions_refused": by_code,
        "refused": [RefusedCount(code=refused, submissions=count) for refused, count in sorted(by_code.items())],
        "last_heard_at": max((at for (what, _), (_, at) in found.items() if what == "submission" and at), default=None),
    }
    return {"cases_told": cases, "events_told": events, "last_told_at": last}, submitted


async def _withheld(uow: UnitOfWork, code: str, kind: str | None) -> int:
    """Of a police body only what waits in cases that were handed over to it (ID-7)."""
    query = select(func.count()).select_from(Withheld).where(Withheld.agency == code)
    if is_police(kind):
        row = case_access.c
        query = query.where(
            exists().where(row.case_id == Withheld.case_id, row.agency == code, row.basis == "formal_body")
        )
    return await uow.session.scalar(query) or 0


async def _not_acknowledged(uow: UnitOfWork, code: str) -> int:
    query = select(func.count()).where(Withdrawal.agency == code, Withdrawal.acknowledged_at.is_(None))
    return await uow.session.scalar(query) or 0


def show_check(agency: Agency | None, edition: int) -> AgreementChecked:
    """That the agreement can be agreed to, and whether it is the one in force."""
    holds = agency is not None and edition <= agency.edition
    return AgreementChecked.model_validate({"state": agency and agency.state, "holds": holds})


async def agency_history(uow: UnitOfWork, code: str) -> answers.History:
    """Who joined, suspended and resumed the agency, newest first."""
    if await uow.session.get(Agency, code) is None:
        raise NotFound
    return answers.history(await audit.history(uow.session, subject=f"agency/{code}"))
