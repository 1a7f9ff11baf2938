"""From a report to a case: what was said is kept, and the case opens or the report joins one (ID-1, ID-18)."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import Invalid, NotPossible
from chassis.clock import effective, local_date, new_id
from chassis.outbox import emit, lock_streams
from nrm_events import identification as events
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import cases, htcds, persons, reference
from identification.schemas import NewReport, Reported
from identification.standards import htcds as standard
from identification.standards import known_language, usable_contact
from identification.tables import Case, Report
from identification.use_cases import identity
from identification.use_cases.acts import move, note, open_case, open_going_case, settle_consent, settle_referral
from identification.use_cases.same_person_search import check_verdicts, own_search
from identification.vault import Vault


def checked(record: Mapping[str, Any], now: datetime) -> dict[str, htcds.Value]:
    """The record by the standard, normalised; Invalid names each field that is wrong (ID-3)."""
    values, faults = htcds.validate(record, standard(), local_date(now), path="body.htcds")
    if faults:
        raise Invalid("invalid_htcds", "The record does not follow the standard; nothing was kept.", faults=faults)
    return values


def check_report(told: Reported, now: datetime) -> dict[str, htcds.Value]:
    """What a report says, normalised; Invalid where it does not follow the standard or contradicts itself."""
    values = checked(told.htcds, now)
    if told.language:
        known_language(told.language, "body.language")
    if told.safe_contact:
        usable_contact(told.safe_contact.model_dump(), "body.safe_contact")
    if told.anonymous and any(values.get(field) for field in identity.NAME_FIELDS):
        raise Invalid("anonymous_with_name", "An anonymous report holds no name.")
    return values


async def receive_report(session: AsyncSession, vault: Vault, who: Actor, told: NewReport, now: datetime) -> Report:
    """Keep a report (ID-1). It may be anonymous and half-empty; only its channel is needed."""
    at = effective(told.happened_at, now)
    values = check_report(told, now)
    case = Case(
        id=new_id(),
        case_ref=reference.make(os.urandom(reference.BYTES)),
        status=cases.CASE.start,
        holder=who.agency,
        source="self" if told.source == "self" else who.agency,
        age_group=identity.age_group_of(values, at, may_be_child=told.child_suspected),
        citizenship=persons.citizenship_group(_codes(values.get("prs_Citizenship"))),
        age_doubted=told.child_suspected,
        age_looked_at=local_date(now),
        sex=identity.sex_of(values),
        reported_at=at,
        categories=[],
    )
    report = Report(
        id=new_id(),
        case_id=case.id,
        source=case.source,
        received_by=who.agency,
        channel=told.channel,
        channel_hours=told.channel_hours,
        anonymous=told.anonymous,
        region=told.region,
        language=known_language(told.language, "body.language") if told.language else None,
        crossed_border=told.crossed_border,
        reported_at=at,
        recorded_at=now,
        codes={name: value for name, value in values.items() if not identity.is_sealed(name)},
    )
    session.add(case)
    await session.flush()
    session.add(report)
    more: dict[str, Any] = {identity.ACCOUNT: told.account} if told.account else {}
    if told.safe_contact:
        more[identity.SAFE_CONTACT] = usable_contact(told.safe_contact.model_dump(), "body.safe_contact")
    await identity.keep_person(session, vault, case.id, values, **more)
    await access.allow(session, [(case.id, who.agency, "holder", at)])
    emit(session, _received(case, report))
    await settle_referral(session, case, at)
    note(session, who, case, "receive_report", at, f"report/{report.id}", channel=report.channel)
    return report


def _received(case: Case, report: Report) -> events.ReportReceived:
    return events.ReportReceived.model_validate(
        {
            "effective_at": report.reported_at,
            "case_id": case.id,
            "report_id": report.id,
            "source": report.source,
            "channel": report.channel,
            "anonymous": report.anonymous,
            "age_group": case.age_group,
            "citizenship": case.citizenship,
        }
    )


def _codes(value: htcds.Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


async def register(
    session: AsyncSession,
    who: Actor,
    report: Report,
    search_id: UUID,
    verdicts: Mapping[UUID, str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Open the case; every candidate that the search showed has a verdict (ID-18)."""
    case = await open_case(session, who, report.case_id)
    search = await own_search(session, report, search_id)
    await check_verdicts(session, search, verdicts)
    at = effective(happened_at, now, not_before=report.reported_at)
    search.verdicts = {str(case_id): verdict for case_id, verdict in verdicts.items()}
    move(case, "register")
    await settle_consent(session, case, at)
    emit(
        session,
        events.CaseOpened.model_validate(
            {
                "effective_at": at,
                "case_id": case.id,
                "report_id": report.id,
                "holder": case.holder,
                "age_group": case.age_group,
                "citizenship": case.citizenship,
            }
        ),
    )
    # The history of this case may be read by who must not learn of the others: it holds their number alone (ID-7).
    note(session, who, case, "register", at, verdicts=len(verdicts))
    return case


async def attach(
    session: AsyncSession,
    who: Actor,
    report: Report,
    search_id: UUID,
    known_case: UUID,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """The report is about a person whose case the search showed: it joins that case, and none is opened (ID-18).

    What joined this report before goes along. A case that has ended is joined by nothing, so that nobody whose report
    comes after it, or crosses another one, is left without a case.
    """
    await lock_streams(session, [report.case_id, known_case])
    case = await open_case(session, who, report.case_id)
    search = await own_search(session, report, search_id)
    if str(known_case) not in search.candidates:
        raise NotPossible("not_a_candidate", "The report joins a case that the search showed.")
    at = effective(happened_at, now, not_before=report.reported_at)
    move(case, "attach")
    known = await open_going_case(session, who, known_case, "join_report")
    joined = (Report.case_id == case.id) | (Report.attached_to == case.id)
    await session.execute(update(Report).where(joined).values(attached_to=known.id))
    await settle_referral(session, case, at)
    note(session, who, case, "attach", at, f"report/{report.id}")
    note(session, who, known, "join_report", at)
    return known
