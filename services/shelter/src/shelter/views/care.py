"""Assistance and courses: what the own agency recorded, and what the person agreed to show (SH-8, ID-12)."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from casework import access
from casework.bases import BY_GUARDIAN_AUTHORITY, by_consent
from casework.listing import Wanted, among_first, runs, ways
from casework.tables import case_access
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from shelter.answers.support import AssistanceAnswer, CourseAnswer
from shelter.domain.care import ASSISTANCE_KINDS, COURSE_PURPOSES, purposes_of
from shelter.rights import NEEDS
from shelter.tables import Assistance, CourseEnrolment, assistance_listed, course_enrolment_listed
from shelter.views.parts import stored

_row = case_access.c


async def courses(uow: UnitOfWork, case_id: UUID | None, limit: int, after: UUID | None) -> Page[CourseAnswer]:
    """Enrolments on courses, newest first."""
    purposes = {purpose: true() for purpose in COURSE_PURPOSES}
    shown = [_shown(uow, CourseEnrolment, for_="see_courses", purposes=purposes)]
    if case_id:
        shown.append(CourseEnrolment.case_id == case_id)
    else:
        by_page = runs(uow, course_enrolment_listed, _ways(uow, purposes, for_="see_courses"), {})
        shown = [among_first(CourseEnrolment.id, by_page, shown, Wanted(limit, after))]
    found = select(CourseEnrolment).where(*shown)
    rows, following = await paging.page(uow.session, found, CourseEnrolment.id, limit=limit, after=after)
    return Page(items=[course(row) for row in rows], next=following)


async def assistance(uow: UnitOfWork, case_id: UUID | None, limit: int, after: UUID | None) -> Page[AssistanceAnswer]:
    """Care by agencies, newest first."""
    every = frozenset().union(*map(purposes_of, ASSISTANCE_KINDS))
    purposes = {
        purpose: Assistance.kind.in_([kind for kind in ASSISTANCE_KINDS if purpose in purposes_of(kind)])
        for purpose in every
    }
    shown = [_shown(uow, Assistance, for_="see_assistance", purposes=purposes)]
    if case_id:
        shown.append(Assistance.case_id == case_id)
    else:
        by_page = runs(uow, assistance_listed, _ways(uow, purposes, for_="see_assistance"), {})
        shown = [among_first(Assistance.id, by_page, shown, Wanted(limit, after))]
    found = select(Assistance).where(*shown)
    rows, following = await paging.page(uow.session, found, Assistance.id, limit=limit, after=after)
    return Page(items=[care(row) for row in rows], next=following)


def _shown(
    uow: UnitOfWork,
    table: type[Assistance] | type[CourseEnrolment],
    *,
    for_: str,
    purposes: Mapping[str, ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Own rows, all of a child to the guardianship authority, others by a consent to a purpose of the row."""
    agreed = [and_(_row.about == purpose, of_purpose) for purpose, of_purpose in sorted(purposes.items())]
    consent = and_(_row.basis == "consent", _row.data_class.in_(NEEDS), or_(*agreed))
    return and_(
        access.visible(uow, table.case_id, for_=for_),
        or_(table.agency == uow.actor.agency, _has(uow, table.case_id, [_row.basis == "guardian_authority", consent])),
    )


def _ways(uow: UnitOfWork, purposes: Iterable[str], *, for_: str) -> list[str]:
    """The ways in which the actor's agency may know of such rows: of all, or of its own."""
    every = (BY_GUARDIAN_AUTHORITY, by_consent(*purposes))
    return [*ways(every), *ways(access.cell(uow, for_) or (), own_alone=True)]


def _has(
    uow: UnitOfWork, case_id: InstrumentedAttribute[UUID], bases: Iterable[ColumnElement[bool]]
) -> ColumnElement[bool]:
    return exists().where(_row.case_id == case_id, _row.agency == uow.actor.agency, or_(*bases))


def course(row: CourseEnrolment) -> CourseAnswer:
    names = ("id", "case_id", "agency", "course", "enrolled", "needed", "effective_at")
    lacking = max(row.needed - row.enrolled, 0)
    return CourseAnswer.model_validate(
        stored(row, names) | {"case_ref": case_reference(row.case_id), "lacking": lacking}
    )


def care(row: Assistance) -> AssistanceAnswer:
    names = ("id", "case_id", "handover_id", "kind", "payer", "agency", "effective_at")
    return AssistanceAnswer.model_validate(stored(row, names) | {"case_ref": case_reference(row.case_id)})
