"""Removal bars as people see them: with a notice alone, that a bar stands and until when (RP-4, ID-11, ID-12)."""

from uuid import UUID

from casework import access, answers
from casework.agencies import kind
from casework.calendar import local_date
from casework.deadlines import Deadline
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from nrm_events.taking_part import is_police

from repatriation.adapters.certificates import LEGAL, issuer_name, wording
from repatriation.answers import BarAnswer, BarRow, Certificate
from repatriation.domain import bars
from repatriation.facts.certificates import Printed
from repatriation.facts.visibility import find
from repatriation.tables import Bar
from repatriation.views import parts
from repatriation.views.lists import WantedBars, page_of
from repatriation.views.parts import Viewed

_NOTICE = ("id", "case_id", "state", "until")
_READ = ("version", "effective_at", "advisory", "since", "re_examine", "lifted_at")
PART_OF = dict.fromkeys(("raise", "extend", "lift", "lift_on_wish", "confirm", "lapse", "re_examine"), "read_bar")


async def bar(uow: UnitOfWork, row: Bar) -> BarAnswer:
    """A bar, with its end as a clock (RP-4)."""
    (seen,) = await parts.viewed(uow, [row])
    ends = [Deadline("removal_bar", row.until, row.lifted_at)] if row.until else []
    fields = _fields(uow, row, seen)
    if access.gives(uow, "read_bar", seen.own):
        refused = bars.refused_actions(
            _shown_basis(uow, row, seen), row.until, re_examine=row.re_examine, is_child=seen.age_group == "child"
        )
        if is_police(await kind(uow, uow.actor.agency)):
            refused["lift_on_wish"] = "not_for_this_basis"
        fields["actions"] = parts.actions(uow, row, seen, machine=bars.BAR, refused=refused)
    fields["clocks"] = answers.clocks(ends, uow.now)
    return BarAnswer.model_validate(fields)


async def list_bars(uow: UnitOfWork, wanted: WantedBars) -> Page[BarRow]:
    rows, key = await page_of(uow, Bar, wanted, for_="see_bars")
    seen = await parts.viewed(uow, rows)
    return Page(items=[BarRow.model_validate(_fields(uow, *pair)) for pair in zip(rows, seen, strict=True)], next=key)


def _fields(uow: UnitOfWork, row: Bar, seen: Viewed) -> dict[str, object]:
    """The fields that the viewer may read."""
    names = list(_NOTICE)
    if access.gives(uow, "read_bar", seen.own):
        names += _READ
    fields = {name: getattr(row, name) for name in names} | parts.of_case(row, seen)
    if access.gives(uow, "read_bar_notice", seen.own):
        fields["told"] = row.notified
    if access.gives(uow, "read_bar_basis", seen.own):
        fields["basis"] = _shown_basis(uow, row, seen)
    return fields


def _shown_basis(uow: UnitOfWork, row: Bar, seen: Viewed) -> str:
    return bars.shown_basis(row.basis, access.gives(uow, "see_assisting_ground", seen.own))


async def one(uow: UnitOfWork, bar_id: UUID) -> BarAnswer:
    row, _ = await find(uow, Bar, bar_id, for_="see_bars")
    return await bar(uow, row)


def certificate(uow: UnitOfWork, printed: Printed, holder: str | None) -> Certificate:
    """RP-4: to be shown when needed, whoever is notified; it names nothing of why."""
    row, issued = printed.bar, printed.certificate
    until = f"{local_date(row.until):%d.%m.%Y}" if row.until else None
    issuer = issuer_name(issued.agency)
    codes = {"number": issued.number, "check": issued.verification}
    return Certificate(
        bar_id=row.id,
        case_id=row.case_id,
        case_ref=case_reference(row.case_id),
        until=row.until,
        issued_at=issued.issued_at,
        issuer=issuer,
        holder=holder or None,
        legal=LEGAL,
        text=wording(holder=holder or None, until=until, issuer=issuer, **codes),
        **codes,
    )


async def history(uow: UnitOfWork, bar_id: UUID) -> answers.History:
    """What was done, newest first. Who raised or lifted a bar would give away what it rests on (ID-11)."""
    row, own = await find(uow, Bar, bar_id, for_="see_bars")
    shown = await parts.history(uow, row, own, PART_OF)
    if not access.gives(uow, "see_assisting_ground", own):
        for item in shown.items:
            item.role, item.agency, item.facts = None, None, {}
    return shown
