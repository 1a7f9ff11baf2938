"""Reports as their desks see them: what became of each, and what can be done with it now (ID-1, ID-20)."""

from collections.abc import Collection, Sequence, Set
from uuid import UUID

from casework import access, aggregate
from casework import answers as shapes
from casework.bases import Basis
from chassis.machine import Possible
from chassis.rights import may
from sqlalchemy import select

from identification import answers
from identification import tables as t
from identification.domain import cases
from identification.domain.actions import passing_on
from identification.resources import Work
from identification.views.lists import bases_of

_ACTS = frozenset({"register", "attach", "close_report", "offer_holder"})
"""What can be done with a report."""


async def report_answers(uow: Work, reports: Sequence[t.Report]) -> list[answers.ReportAnswer]:
    """Reports with the state of their cases, by one statement whatever their number."""
    rows = select(t.Case).where(t.Case.id.in_({report.case_id for report in reports}))
    by_id = {case.id: case for case in await uow.session.scalars(rows)}
    bases = await bases_of(uow, list(by_id))
    alone = await _ends_alone(uow, [case for case in by_id.values() if case.age_group == "child"])
    offered = await _offered(uow, list(by_id))
    found = []
    for report in reports:
        case = by_id[report.case_id]
        refused = {"close_report": "agreement_missing"} if case.id in alone else {}
        acts = [*cases.CASE.list_actions(case.status, refused), passing_on(case.status, case.id in offered)]
        found.append(_report(uow, report, case, bases=bases.get(case.id, ()), acts=acts))
    return found


async def _ends_alone(uow: Work, children: Sequence[t.Case]) -> Set[UUID]:
    """Cases of children to whose end no other agency has agreed (ID-7)."""
    agreement = t.EndingAgreement
    agreed = select(agreement.case_id).where(
        agreement.case_id.in_([case.id for case in children]),
        agreement.ending == "close",
        agreement.agreed_by != uow.actor.agency,
        agreement.used_at.is_(None),
        agreement.void_since.is_(None),
    )
    return {case.id for case in children} - {*await uow.session.scalars(agreed)} if children else set()


async def _offered(uow: Work, case_ids: Collection[UUID]) -> Set[UUID]:
    """Cases that another agency is requested to hold and has not answered (ID-20)."""
    offer = t.HolderOffer
    waiting = select(offer.case_id).where(offer.case_id.in_(case_ids), offer.state == "offered")
    return {*await uow.session.scalars(waiting)}


def _report(
    uow: Work, report: t.Report, case: t.Case, *, bases: Collection[Basis], acts: Sequence[Possible]
) -> answers.ReportAnswer:
    named = ("id", "case_id", "source", "received_by", "channel", "channel_hours", "anonymous", "region", "language")
    known: dict[str, object] = {name: getattr(report, name) for name in (*named, "reported_at", "recorded_at")}
    mine = {a for a in may(uow.rights, uow.actor) & _ACTS if access.gives(uow, a, bases)}
    if access.gives(uow, "read_consent_history", bases):
        known["agrees_to_police"] = report.agrees_to_police
    return answers.ReportAnswer(
        **known,
        case_ref=case.case_ref,
        status=case.status,
        age_group=case.age_group,
        exploitation=report.codes.get("vic_TypeOfExploitation", []),
        warnings=[answers.WarningAnswer(**warning) for warning in report.warnings],
        closed_because=report.closed_because,
        actions=shapes.actions([one for one in acts if one.action in mine]),
    )


async def see_report(uow: Work, report_id: UUID) -> t.Report:
    """The report, if its case may be known to the actor."""
    return await aggregate.find(uow, t.Report, report_id, for_="list_reports")
