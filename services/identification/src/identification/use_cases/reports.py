"""From a report to a case: what was said is kept, the same person is looked for, then the case opens (ID-1, ID-18)."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound, NotPossible
from chassis.moments import effective, local_date, new_id
from chassis.outbox import emit, lock_streams
from nrm_events import identification as events
from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import cases, htcds, names, persons, reference
from identification.schemas import NewReport, Reported
from identification.standards import htcds as standard
from identification.standards import known_language, usable_contact
from identification.tables import Case, Report, SamePersonSearch, SamePersonTask, SearchDigest
from identification.use_cases import identity
from identification.use_cases.acts import move, note, open_case, open_going_case, settle_consent, settle_referral
from identification.vault import Vault

_MOST_CANDIDATES = 20


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


async def search_same_person(
    session: AsyncSession, vault: Vault, who: Actor, report: Report, now: datetime
) -> tuple[UUID, list[dict[str, Any]]]:
    """Look for the same person among all cases; show only those the actor may know of, best first (ID-18).

    A match in another agency's case is shown to nobody: its holder gets a task without the asker's case; police get
    none for a case that is hidden from them.
    """
    known = await identity.open_person(session, vault, report.case_id)
    found = await _candidates(session, vault, report.case_id, known)
    shown: list[dict[str, Any]] = []
    hidden: list[dict[str, Any]] = []
    for candidate in found:
        (shown if await access.knows(session, candidate["case_id"], who.agency) else hidden).append(candidate)
    search = SamePersonSearch(
        id=new_id(), report_id=report.id, candidates=[str(c["case_id"]) for c in shown], searched_at=now
    )
    session.add(search)
    await session.flush()
    for candidate in hidden:
        await _leave_task(session, report, candidate["case_id"], search.id, now)
    audit.record(
        session,
        who,
        "search_same_person",
        subject=f"report/{report.id}",
        case_id=report.case_id,
        kind="read",
        purpose="same_person_check",
        facts={"shown": search.candidates},
    )
    return search.id, shown


async def _candidates(
    session: AsyncSession, vault: Vault, case_id: UUID, known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    digests = [digest for _, digest in identity.digests_of(vault, known)]
    if not digests:
        return []
    common = await session.execute(
        select(SearchDigest.case_id)
        .where(SearchDigest.digest.in_(digests), SearchDigest.case_id != case_id)
        .group_by(SearchDigest.case_id)
        .order_by(func.bool_or(SearchDigest.kind != "name").desc(), func.count().desc(), SearchDigest.case_id.desc())
        .limit(_MOST_CANDIDATES * 3)
    )
    ours = _described(known)
    ranked: list[dict[str, Any]] = []
    for other_id in common.scalars():
        other = await identity.open_person(session, vault, other_id)
        score, reasons = names.rank(ours, _described(other))
        if score >= names.POSSIBLE:
            case = await _joined(session, other_id)
            ranked.append(
                {
                    "case_id": case.id,
                    "case_ref": case.case_ref,
                    "status": case.status,
                    "score": score,
                    "reasons": reasons,
                    "masked_name": _masked(identity.full_names(other)),
                    "birth_year": _birth_year(other),
                }
            )
    best: dict[UUID, dict[str, Any]] = {}
    for candidate in sorted(ranked, key=lambda c: c["score"], reverse=True):
        if candidate["case_id"] != case_id:
            best.setdefault(candidate["case_id"], candidate)
    return list(best.values())[:_MOST_CANDIDATES]


async def _joined(session: AsyncSession, case_id: UUID) -> Case:
    """The case, or the one that its report joined: a person is found under every name they were reported by."""
    joined = await session.scalar(
        select(Report.attached_to).where(Report.case_id == case_id, Report.attached_to.is_not(None)).limit(1)
    )
    return await session.get_one(Case, joined or case_id)


def _described(known: Mapping[str, Any]) -> names.Described:
    return names.Described(
        names=identity.full_names(known),
        birth_year=_birth_year(known),
        citizenship=frozenset(known.get("prs_Citizenship") or ()),
        document=persons.document_key(known.get("prs_IdentityNumber") or ""),
        phone=known.get("prs_MobilePhone"),
    )


def _birth_year(known: Mapping[str, Any]) -> int | None:
    born = known.get("prs_Birthdate")
    return int(born[:4]) if born else None


def _masked(full: Sequence[str]) -> str:
    """First letters only: enough to recognise, not enough to learn."""
    return " ".join(f"{word[0]}…" for word in full[0].split()) if full else ""


async def _leave_task(session: AsyncSession, report: Report, held: UUID, search_id: UUID, now: datetime) -> None:
    """One for each report, however often it is searched for."""
    holder = (await session.get_one(Case, held)).holder
    knowing = await access.agencies(session, report.case_id)
    if holder in cases.POLICE and not any(agency in cases.POLICE for agency, _, _ in knowing):
        return
    searches = select(SamePersonSearch.id).where(SamePersonSearch.report_id == report.id)
    left = exists().where(SamePersonTask.case_id == held, SamePersonTask.search_id.in_(searches))
    if await session.scalar(select(left)):
        return
    session.add(SamePersonTask(id=new_id(), case_id=held, search_id=search_id, created_at=now))


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
    search = await _own_search(session, report, search_id)
    await _check_verdicts(session, search, verdicts)
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


async def _check_verdicts(session: AsyncSession, search: SamePersonSearch, verdicts: Mapping[UUID, str]) -> None:
    """A verdict on each candidate and on nobody else. The same person has a new case only where the earlier one ended:
    what is going on is joined, what has ended takes nothing new."""
    shown, said = set(search.candidates), {str(case_id) for case_id in verdicts}
    if said - shown:
        raise NotPossible("not_a_candidate", "Only what the search showed has a verdict.")
    if shown - said:
        facts = {"cases": sorted(shown - said)}
        raise NotPossible("verdict_missing", "Say of each candidate whether it is the same person.", facts=facts)
    same = [case_id for case_id, verdict in verdicts.items() if verdict == "same"]
    going = await session.scalars(select(Case.id).where(Case.id.in_(same), Case.status.not_in(cases.ENDED)))
    if found := sorted(map(str, going)):
        raise NotPossible("joins_known_case", "The report joins the person's case.", facts={"cases": found})


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
    search = await _own_search(session, report, search_id)
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


async def _own_search(session: AsyncSession, report: Report, search_id: UUID) -> SamePersonSearch:
    """The newest search of this report; an older one may lack somebody."""
    search = await session.get(SamePersonSearch, search_id)
    if search is None or search.report_id != report.id:
        raise NotFound
    newest = await session.scalar(
        select(func.max(SamePersonSearch.searched_at)).where(SamePersonSearch.report_id == report.id)
    )
    if newest and search.searched_at < newest:
        raise NotPossible("search_outdated", "A newer search for the same person was made. Look at it first.")
    return search
