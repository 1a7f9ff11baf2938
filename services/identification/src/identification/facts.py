"""What rules read of a case: values, never answers to people."""

from collections.abc import Collection, Iterable, Sequence, Set
from datetime import datetime
from uuid import UUID

from casework import access, agencies
from casework.bases import Basis
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY, SPECIAL_POLICE_BODY
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from identification.domain import appeals, cases
from identification.domain.cases import Recognition
from identification.parameters import must_report_without_asking, parameter, parameter_or_none
from identification.resources import Work
from identification.tables import (
    AgeDoubt,
    Appeal,
    Case,
    Consent,
    Decision,
    RecognitionRow,
    Referral,
    Reflection,
    Report,
    SamePersonSearch,
    SamePersonTask,
)

_Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_STEPS: dict[type[Referral | RecognitionRow | Decision | Appeal], tuple[_Moment, ...]] = {
    Referral: (Referral.referred_at, Referral.acknowledged_at),
    RecognitionRow: (RecognitionRow.since, RecognitionRow.revoked_at),
    Decision: (Decision.decided_at, Decision.reopened_at),
    Appeal: (Appeal.lodged_at, Appeal.settled_at),
}


async def is_holder(uow: Work, case_id: UUID) -> bool:
    """Whether the actor's agency holds the case."""
    return "holder" in {basis.name for basis in await access.bases(uow, case_id)}


def has(bases: Collection[Basis], *names: str) -> bool:
    """Whether one of the bases has one of these names."""
    return any(basis.name in names for basis in bases)


TO_THE_HAND_OVER = (SPECIAL_POLICE_BODY, "referral", "identity")
"""Recipient, purpose and class of data of a consent that a hand-over can rest on (ID-7)."""


def to_the_hand_over() -> ColumnElement[bool]:
    """A standing consent that a hand-over can rest on: the person's own, to the body that reads the identity.

    Nobody else agrees to police: a child's hand-over needs no consent, and an adult agrees in person (ID-7). Grants
    from before `given_by` was required have it empty.
    """
    return and_(
        or_(Consent.given_by.is_(None), Consent.given_by == "person"),
        tuple_(Consent.recipient, Consent.purpose, Consent.data_class) == TO_THE_HAND_OVER,
        Consent.withdrawn_at.is_(None),
    )


async def consents_standing(uow: Work, case_id: UUID) -> Set[tuple[str, str, str]]:
    """Recipient, purpose and class of data of every consent that stands (ID-12)."""
    one = (Consent.recipient, Consent.purpose, Consent.data_class)
    rows = await uow.session.execute(select(*one).where(Consent.case_id == case_id, Consent.withdrawn_at.is_(None)))
    return {*rows.tuples()}


async def hand_over_consent(uow: Work, case_id: UUID) -> Consent | None:
    """The consent that a hand-over rests on (ID-7)."""
    found: Consent | None = await uow.session.scalar(
        select(Consent).where(Consent.case_id == case_id, to_the_hand_over())
    )
    return found


def hand_over_age(case: Case) -> str:
    """The age group that a hand-over goes by: another agency's doubt alone never opens the way to police (ID-5)."""
    return case.age_without_doubt or case.age_group


async def is_doubted_by_guardianship(uow: Work, case: Case) -> bool:
    """Whether the guardianship authority's doubt alone makes a child: it opens the case to that authority no further.

    The doubt of the holder or of the formal body leaves no group without doubt (ID-5).
    """
    if case.age_without_doubt is None:
        return False
    doubts = select(AgeDoubt.doubted_by).where(AgeDoubt.case_id == case.id, AgeDoubt.settled_at.is_(None))
    return set(await uow.session.scalars(doubts)) == {GUARDIANSHIP_AUTHORITY}


def was_child(case: Case) -> bool:
    """Whether it was done to a child, by doubt or known, also one who came of age since (ID-2)."""
    return case.came_of_age or case.age_group == "child"


async def needs_consent(uow: Work, case: Case, *, age_group: str | None = None) -> bool:
    """ID-7: whether the case is handed over only with consent; by the kind of the agency that reported."""
    return (await need_consent(uow, [case], age_group=age_group))[case.id]


async def need_consent(uow: Work, rows: Sequence[Case], *, age_group: str | None = None) -> dict[UUID, bool]:
    """The same of several cases, by one statement at most."""
    kinds = await agencies.kinds(uow, {case.source for case in rows})
    return {
        case.id: cases.needs_consent(
            age_group or hand_over_age(case),
            must_report_without_asking(kinds[case.source], case.reported_at),
            case.refused_at is not None,
        )
        for case in rows
    }


async def may_be_handed_over(uow: Work, case: Case) -> bool:
    """ID-7: consent to the hand-over stands, or none is needed."""
    return not await needs_consent(uow, case) or await hand_over_consent(uow, case.id) is not None


async def referral_of(uow: Work, case_id: UUID) -> Referral | None:
    """The hand-over of the case, if it was handed over (ID-7)."""
    found: Referral | None = await uow.session.scalar(select(Referral).where(Referral.case_id == case_id))
    return found


async def goes_on(uow: Work, case: Case) -> bool:
    """Whether the case goes on, itself or in another one that its report joined (ID-18)."""
    joined = select(Report.attached_to).where(Report.case_id == case.id)
    going = select(exists().where(Case.id.in_(joined), Case.status.not_in(cases.ENDED)))
    return case.status not in cases.ENDED or bool(await uow.session.scalar(going))


async def was_handed_over(uow: Work, case_id: UUID) -> bool:
    return bool(await uow.session.scalar(select(exists().where(Referral.case_id == case_id))))


def moves_the_case() -> ColumnElement[bool]:
    """Revoking a presumed or an NGO recognition leaves the status as it is; every other negative decision ends in
    `not_recognised`."""
    return (Decision.kind == "declined") | (Decision.about == "formal")


async def recognitions(uow: Work, case_id: UUID) -> list[Recognition]:
    rows = await uow.session.scalars(select(RecognitionRow).where(RecognitionRow.case_id == case_id))
    return recognitions_in(rows)


def recognitions_in(rows: Iterable[RecognitionRow]) -> list[Recognition]:
    return [Recognition(row.kind, row.authority, row.since, row.revoked_at) for row in rows]


async def open_reflection(uow: Work, case_id: UUID) -> Reflection | None:
    """The reflection period that has not ended, locked (ID-10)."""
    found: Reflection | None = await uow.session.scalar(
        select(Reflection).where(Reflection.case_id == case_id, Reflection.state != "ended").with_for_update()
    )
    return found


async def assessed_since(uow: Work, case: Case) -> datetime:
    """The assessment began with the acknowledgement, or with the last reopening (ID-9)."""
    acknowledged = await uow.session.scalar(select(Referral.acknowledged_at).where(Referral.case_id == case.id))
    reopened = await uow.session.scalars(select(Decision.reopened_at).where(Decision.case_id == case.id))
    return max([case.reported_at, *([acknowledged] if acknowledged else []), *(r for r in reopened if r)])


async def last_step_at(uow: Work, case: Case) -> datetime:
    """When the newest act took effect that brought the case where it stands; what ends it does not come before."""
    steps = [case.reported_at]
    for table, columns in _STEPS.items():
        newest = select(*map(func.max, columns)).where(table.case_id == case.id)
        steps += [moment for moment in (await uow.session.execute(newest)).one() if moment]
    return max(steps)


async def police_among(uow: Work, codes: Collection[str]) -> frozenset[str]:
    """Those of the agencies that are police."""
    return await agencies.police_among(uow, codes)


async def shows_search(uow: Work) -> ColumnElement[bool]:
    """The condition that the actor may know of the case for which a task was left (ID-7, ID-18).

    Police alone need it: everybody else learns from a task no more than that somebody met the person.
    """
    if not await agencies.police_among(uow, [uow.actor.agency]):
        return true()
    joined = func.coalesce(Report.attached_to, Report.case_id)
    searches = select(SamePersonSearch.id).join(Report, Report.id == SamePersonSearch.report_id)
    of_task = searches.where(SamePersonSearch.id == SamePersonTask.search_id)
    return of_task.where(access.visible(uow, joined, for_="see_case")).exists()


async def appeal_bodies(uow: Work, authority: str, at: datetime) -> tuple[str, ...]:
    """Who decides on an appeal against this agency (ID-9); NotInForce before the law."""
    return appeals.bodies_for(await agencies.kind(uow, authority), parameter("appeal_bodies", at))


def appeal_until(decided_at: datetime) -> datetime | None:
    """Until when a decision can be appealed; None where the term is unset or did not exist yet (ID-9)."""
    return appeals.last_day(decided_at, parameter_or_none("appeal_days", decided_at))


def appeal_due(body: str, lodged_at: datetime) -> datetime | None:
    """Until when the body decides; None where the term is unset or did not exist yet (ID-9)."""
    days = parameter_or_none("appeal_decision_days", lodged_at) or {}
    return appeals.last_day(lodged_at, days.get(body))


async def standing_decisions(uow: Work, case_id: UUID) -> list[Decision]:
    """Negative decisions that nobody reopened and no later recognition replaced; the case's own first, then newest."""
    rows = await uow.session.scalars(select(Decision).where(Decision.case_id == case_id))
    return standing_in(list(rows), await recognitions(uow, case_id))


def standing_in(decisions: Iterable[Decision], given: Iterable[Recognition]) -> list[Decision]:
    """The same of all decisions and recognitions of a case."""
    replaced = {(one.kind, one.authority) for one in given if one.revoked_at is None}
    standing = [row for row in decisions if row.reopened_at is None]
    standing = [row for row in standing if row.moves_the_case or (row.about, row.authority) not in replaced]
    return sorted(standing, key=lambda row: (row.moves_the_case, row.id), reverse=True)


async def open_appeals(uow: Work, case_id: UUID) -> dict[UUID, Appeal]:
    """Appeals that wait for their outcome, by decision (ID-9)."""
    rows = await uow.session.scalars(select(Appeal).where(Appeal.case_id == case_id, Appeal.outcome.is_(None)))
    return {row.decision_id: row for row in rows}


async def duty_without_name(uow: Work, case: Case) -> str | None:
    """Why the duty to report cannot be met without the name; None where it can be (ID-7)."""
    return await no_duty_without_name(uow, case, handed_over=await was_handed_over(uow, case.id))


async def no_duty_without_name(uow: Work, case: Case, *, handed_over: bool) -> str | None:
    """The same where it is known whether the case was handed over."""
    if case.duty_met_at is not None:
        return "already_met"
    if handed_over:
        return "already_referred"
    if hand_over_age(case) == "child":
        return "child_is_handed_over"
    if not must_report_without_asking(await agencies.kind(uow, case.source), case.reported_at):
        return "no_duty"
    return "consent_stands" if await hand_over_consent(uow, case.id) is not None else None
