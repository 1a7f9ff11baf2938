"""What repatriation answers. Every list is filtered by who may see, and a ground is shown to few (ID-11, ID-12)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import answers, audit
from chassis.actor import Actor
from chassis.calendar import due_in_working_days
from chassis.deadlines import Deadline
from chassis.errors import NotPossible
from chassis.machine import Machine
from chassis.clock import end_of_day, local_date, year_bounds
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas as s
from repatriation import tables as t
from repatriation.certificates import WORDING
from repatriation.domain import bars, permits, returns
from repatriation.standing import (
    THINGS,
    Row,
    may_see_ground,
    open_claims,
    opinions_of,
    permit_facts,
    permit_law,
    possible_actions,
    return_facts,
    value_or_none,
    visible,
    visible_permit,
)


def list_bars(who: Actor, case_id: UUID | None, state: str | None, re_examine: bool | None) -> Select[tuple[t.Bar]]:
    asked = select(t.Bar).where(visible(who, t.Bar.case_id, "bar"))
    if re_examine is not None:
        asked = asked.where(t.Bar.re_examine.is_(re_examine))
    return _filtered(asked, t.Bar, case_id, state)


def list_permits(
    who: Actor, case_id: UUID | None, state: str | None, re_examine: bool | None
) -> Select[tuple[t.Permit]]:
    asked = select(t.Permit).where(visible_permit(who))
    if re_examine is not None:
        asked = asked.where(t.Permit.re_examine.is_(re_examine))
    return _filtered(asked, t.Permit, case_id, state)


def list_returns(who: Actor, case_id: UUID | None, state: str | None) -> Select[tuple[t.Return]]:
    return _filtered(select(t.Return).where(visible(who, t.Return.case_id, "return")), t.Return, case_id, state)


def _filtered(
    asked: Select[tuple[Row]], table: type[Row], case_id: UUID | None, state: str | None
) -> Select[tuple[Row]]:
    if case_id:
        asked = asked.where(table.case_id == case_id)
    return asked.where(table.state == state) if state else asked


def _columns(row: t.Base, shape: type[Any], *without: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields if name not in without}


def bar_row(who: Actor, row: t.Bar) -> s.BarRow:
    return s.BarRow(**_columns(row, s.BarRow, "basis"), basis=bars.shown_basis(row.basis, may_see_ground(who)))


def permit_row(who: Actor, row: t.Permit) -> s.PermitRow:
    return s.PermitRow(**_columns(row, s.PermitRow, "ground"), ground=row.ground if may_see_ground(who) else None)


def return_row(row: t.Return) -> s.ReturnRow:
    return s.ReturnRow(**_columns(row, s.ReturnRow))


def _actions(
    who: Actor, thing: str, machine: Machine, state: str, refused: dict[str, str]
) -> list[answers.ActionAnswer]:
    may = possible_actions(who, thing, machine.actions)
    return answers.actions(machine.list_actions(state, refused, may))


def bar_answer(who: Actor, row: t.Bar, now: datetime) -> s.BarAnswer:
    """A bar, with its end as a clock (RP-4)."""
    refused = bars.refused_actions(bars.shown_basis(row.basis, may_see_ground(who)), row.until, row.re_examine)
    ends = [Deadline("removal_bar", row.until, row.lifted_at)] if row.until else []
    return s.BarAnswer(
        **bar_row(who, row).model_dump(),
        actions=_actions(who, "bar", bars.BAR, row.state, refused),
        clocks=answers.clocks(ends, now),
    )


def certificate(session: AsyncSession, who: Actor, row: t.Bar, now: datetime) -> s.Certificate:
    """RP-4: to be shown when needed, whoever was told. NotPossible `bar_not_standing`, `only_advises`."""
    if row.state != "standing" or (row.until and row.until < now):
        raise NotPossible("bar_not_standing", "The bar does not stand any more.")
    if row.advisory:
        raise NotPossible("only_advises", "The hold advises; it bars nothing.")
    audit.record_read(
        session, who, "print_certificate", purpose="removal_bar", case_id=row.case_id, subject=f"bar/{row.id}"
    )
    until = f"{local_date(row.until):%d.%m.%Y}" if row.until else None
    return s.Certificate(
        bar_id=row.id,
        case_id=row.case_id,
        until=row.until,
        issued_at=now,
        legal="Migration Code 79.4; AO Code 29",
        text={
            language: (dated if until else open_).format(until=until) for language, (dated, open_) in WORDING.items()
        },
    )


async def permit_answer(session: AsyncSession, who: Actor, row: t.Permit, now: datetime) -> s.PermitAnswer:
    """A permit by the law of today: what is waived, what stands, what waits, what was decided (RP-1, RP-2, RP-3)."""
    await session.flush()
    today = local_date(now)
    law = permit_law(today)
    facts = await permit_facts(session, row)
    case = await session.get(t.CaseFile, row.case_id)
    opinions = await opinions_of(session, row.id)
    decisions = await session.scalars(
        select(t.PermitDecision).where(t.PermitDecision.permit_id == row.id).order_by(t.PermitDecision.round)
    )
    shown = _actions(who, "permit", permits.PERMIT, row.state, permits.refused_in(row.state, facts, law, now, today))
    return s.PermitAnswer(
        **permit_row(who, row).model_dump(),
        follows=row.follows,
        lawful_stay_ends=row.lawful_stay_ends,
        registered_at=permits.PROSECUTING_BODY,
        fee_qepik=law.fee_qepik,
        fingerprints_taken=permits.fingerprints_taken(case.age_group if case else None, law),
        waived_documents=list(law.waived_documents),
        standing_refusal_grounds=list(law.standing_grounds),
        waived_refusal_grounds=list(law.waived_grounds),
        opinions=[s.OpinionAnswer(**_columns(o, s.OpinionAnswer)) for o in opinions],
        decisions=[s.DecisionAnswer(**_columns(d, s.DecisionAnswer)) for d in decisions],
        actions=shown,
        clocks=answers.clocks(_permit_clocks(row, opinions), now),
    )


def _permit_clocks(row: t.Permit, opinions: Sequence[t.PermitOpinion]) -> list[Deadline]:
    """RP-3: application, opinions, the decision where the law of the day sets a term, and the permit's own end."""
    found = [
        Deadline("opinion", o.due_at, o.answered_at if o.answered_at else o.due_at if o.silent else None)
        for o in opinions
    ]
    if row.apply_by:
        found.append(Deadline("permit_application", end_of_day(row.apply_by), row.applied_at))
    term = value_or_none("permit_decision_workdays", local_date(row.lodged_at)) if row.lodged_at else None
    if term and row.lodged_at:
        found.append(Deadline("permit_decision", due_in_working_days(row.lodged_at, term), row.decided_at))
    if row.valid_until:
        ended = row.effective_at if row.state in permits.ENDED_HOW else None
        found.append(Deadline("permit", end_of_day(row.valid_until), ended))
    return found


async def return_answer(session: AsyncSession, who: Actor, row: t.Return, now: datetime) -> s.ReturnAnswer:
    """A return with its gates as a list of what is passed and what is missing, and the open claims as a warning."""
    await session.flush()
    facts = await return_facts(session, row, now)
    visits = await session.scalars(select(t.FollowUp).where(t.FollowUp.return_id == row.id).order_by(t.FollowUp.id))
    kept = {"actions", "clocks", "gates", "visits", "open_claims", "opinion_age"}
    return s.ReturnAnswer(
        **_columns(row, s.ReturnAnswer, *kept),
        opinion_age=value_or_none("return_child_opinion_age", local_date(now)),
        open_claims=[s.ClaimAnswer(**_columns(c, s.ClaimAnswer)) for c in await open_claims(session, row.case_id)],
        gates=[s.GateAnswer(**vars(gate)) for gate in returns.gates(facts, now)],
        visits=[s.VisitAnswer(**_columns(v, s.VisitAnswer)) for v in visits],
        actions=_actions(who, "return", returns.RETURN, row.state, returns.refused_actions(facts, now)),
        clocks=[],
    )


async def history(session: AsyncSession, who: Actor, row: Row) -> answers.History:
    """What was done, newest first. Who raised or lifted a bar would tell what it rests on: officers see it (ID-11)."""
    shown = answers.history(await audit.history(session, subject=f"{THINGS[type(row)]}/{row.id}"))
    if isinstance(row, t.Bar) and not may_see_ground(who):
        for item in shown.items:
            item.role, item.agency, item.facts = None, None, {}
    return shown


async def year(session: AsyncSession, of_year: int) -> s.Statistics:
    """By effective date, year in Baku: permits first granted, persons departed."""
    first, end = year_bounds(of_year)
    granted = select(func.count()).where(
        t.PermitDecision.outcome == "granted",
        t.PermitDecision.decided_at >= first,
        t.PermitDecision.decided_at < end,
    )
    departed = select(func.count()).where(t.Return.departed_at >= first, t.Return.departed_at < end)
    return s.Statistics(
        year=of_year,
        permits_granted=await session.scalar(granted) or 0,
        returns=await session.scalar(departed) or 0,
    )
