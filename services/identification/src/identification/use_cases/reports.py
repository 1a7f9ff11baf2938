"""From a report to a case: the report is stored, and a case opens or is joined (ID-1, ID-18)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from casework import access, aggregate
from casework.access import Access
from casework.bases import HOLDER
from casework.calendar import local_date
from casework.safe_contact import SafeContact, Unreachable
from chassis.clock import new_id
from chassis.errors import Fault, Invalid, NotPossible
from nrm_events import identification as events
from nrm_events.reference import case_reference
from sqlalchemy import exists, select, update

from identification.adapters.standards import htcds as standard
from identification.adapters.standards import known_language, usable_contact
from identification.commands import Attach, ReceiveReport, Register, Reported
from identification.domain import cases as rules
from identification.domain import htcds, persons
from identification.domain import known as known_
from identification.resources import Work
from identification.tables import Case, Report
from identification.use_cases import cases, person_fields
from identification.use_cases.children import settle_doubts
from identification.use_cases.identity import age_group_of
from identification.use_cases.same_person_search import check_verdicts, joins_police, own_search


def checked(record: Mapping[str, object], now: datetime) -> dict[str, htcds.Value]:
    """The record by the standard, normalised; Invalid names each field that is wrong (ID-3)."""
    values, faults = htcds.validate(record, standard(), local_date(now), path="body.htcds")
    _refuse(faults)
    return values


@dataclass(frozen=True)
class CheckedReport:
    """What a report holds, normalised, and what of its contacts was left out because nobody is reached by it."""

    values: Mapping[str, htcds.Value]
    contact: SafeContact | None
    warnings: Sequence[Fault]


def check_report(report: Reported, now: datetime) -> CheckedReport:
    """The report, normalised; Invalid where it does not follow the standard or contradicts itself.

    A phone number, e-mail address or safe contact that reaches nobody is a warning: no report is lost for it (ID-1).
    """
    values, faults = htcds.validate(report.htcds, standard(), local_date(now), path="body.htcds")
    warnings = [fault for fault in faults if standard().is_contact(fault.where.removeprefix("body.htcds."))]
    _refuse([fault for fault in faults if fault not in warnings])
    if report.language:
        known_language(report.language, "body.language")
    contact = None
    if report.safe_contact:
        try:
            contact = usable_contact(report.safe_contact.model_dump(), local_date(now))
        except Unreachable as wrong:
            warnings.append(Fault(f"body.safe_contact.{wrong.field}", wrong.code, wrong.message))
    if report.anonymous and any(values.get(field) for field in known_.NAME_FIELDS):
        raise Invalid("anonymous_with_name", "An anonymous report holds no name.")
    return CheckedReport(values, contact, warnings)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid("invalid_htcds", "The record does not follow the standard; nothing was stored.", faults=faults)


async def receive_report(uow: Work, command: ReceiveReport) -> Report:
    """Store a report (ID-1). It may be anonymous and half-empty; only its channel is needed."""
    at = uow.effective(command.happened_at)
    checked_report = check_report(command, uow.now)
    values = checked_report.values
    agency = uow.actor.agency
    case_id = await _new_case_id(uow)
    case = Case(
        id=case_id,
        case_ref=case_reference(case_id),
        status=rules.CASE.start,
        holder=agency,
        source="self" if command.source == "self" else agency,
        age_group=age_group_of(values, at, may_be_child=command.child_suspected),
        citizenship=persons.citizenship_group(known_.codes(values, "prs_Citizenship")),
        age_doubted=command.child_suspected,
        age_looked_at=local_date(uow.now),
        sex=known_.sex(values),
        reported_at=at,
        categories=[],
    )
    report = Report(
        id=new_id(),
        case_id=case.id,
        source=case.source,
        received_by=agency,
        channel=command.channel,
        channel_hours=command.channel_hours,
        anonymous=command.anonymous,
        region=command.region,
        language=known_language(command.language, "body.language") if command.language else None,
        crossed_border=command.crossed_border,
        reported_at=at,
        recorded_at=uow.now,
        codes={name: value for name, value in values.items() if not known_.is_sealed(name)},
        warnings=[asdict(warning) for warning in checked_report.warnings],
        agrees_to_police=command.agrees_to_police,
    )
    uow.session.add(case)
    await uow.session.flush()
    uow.session.add(report)
    contact = checked_report.contact.as_fields() if checked_report.contact else None
    await person_fields.store(
        uow, case.id, {**values, person_fields.ACCOUNT: command.account, person_fields.SAFE_CONTACT: contact}
    )
    await access.grant(uow, [Access(case.id, agency, HOLDER, at)])
    event = _received(case, report)
    uow.emit(event)
    await cases.follow_age(uow, event)  # the guardianship authority knows of a child from the report on
    await cases.settle_referral(uow, case, at)
    cases.audit(uow, case, "receive_report", at, subject=f"report/{report.id}", channel=report.channel)
    return report


async def _new_case_id(uow: Work) -> UUID:
    """An id whose reference is free: two ids may have one reference."""
    while True:
        case_id = new_id()
        taken = select(exists().where(Case.case_ref == case_reference(case_id)))
        if not await uow.session.scalar(taken):
            return case_id


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


async def register(uow: Work, report_id: UUID, command: Register) -> Case:
    """Open the case; every candidate that the search showed has a verdict (ID-18)."""
    report = await aggregate.find(uow, Report, report_id, for_="register")
    case = await cases.load(uow, report.case_id, for_="register")
    search = await own_search(uow, report, command.search_id)
    await check_verdicts(uow, case, search, command.verdicts)
    at = uow.effective(command.happened_at, not_before=report.reported_at)
    search.verdicts = {str(case_id): verdict for case_id, verdict in command.verdicts.items()}
    cases.transition(case, "register")
    await cases.settle_consent(uow, case, at)
    event = events.CaseOpened.model_validate(
        {
            "effective_at": at,
            "case_id": case.id,
            "report_id": report.id,
            "holder": case.holder,
            **await cases.person_facts(uow, case),
        }
    )
    uow.emit(event)
    await cases.follow_age(uow, event)
    # The history of this case may be read by who must not learn of the others: it holds their number alone (ID-7).
    cases.audit(uow, case, "register", at, verdicts=len(command.verdicts))
    return case


async def attach(uow: Work, report_id: UUID, command: Attach) -> Case:
    """The report is about a person whose case the search showed: it joins that case, and none is opened (ID-18).

    What joined this report before goes along. A case that has ended is joined by nothing, so that nobody whose report
    comes after it, or crosses another one, is left without a case. Nobody is joined to a case of police without the
    consent that a hand-over would need (ID-7).
    """
    report = await aggregate.find(uow, Report, report_id, for_="attach")
    search = await own_search(uow, report, command.search_id)
    if str(command.case_id) not in search.candidates:
        raise NotPossible("not_a_candidate", "The report joins a case that the search showed.")
    await access.require(uow, command.case_id, for_="see_case")
    await uow.lock(report.case_id, command.case_id)  # together, so that two joining reports never wait crosswise
    case = await cases.load(uow, report.case_id, for_="attach")
    at = uow.effective(command.happened_at, not_before=report.reported_at)
    if await joins_police(uow, case, [command.case_id]):
        raise NotPossible("consent_to_handover_missing", "The person did not agree that police know of this report.")
    cases.transition(case, "attach")
    known = await cases.load(uow, command.case_id, for_="see_case")
    rules.check_going(known.status, "join_report")
    rules.check_joins(case.age_group, known.age_group)
    joined = (Report.case_id == case.id) | (Report.attached_to == case.id)
    await uow.session.execute(update(Report).where(joined).values(attached_to=known.id))
    await settle_doubts(uow, case, at)
    await cases.settle_referral(uow, case, at)
    if case.age_group == "child":
        await _take_earlier_report(uow, known, case.reported_at, at)
    cases.audit(uow, case, "attach", at, subject=f"report/{report.id}")
    cases.audit(uow, known, "join_report", at)
    return known


async def _take_earlier_report(uow: Work, known: Case, reported_at: datetime, at: datetime) -> None:
    """The 24 hours of a child run from the first report; joining another case begins none anew (ID-7)."""
    if reported_at >= known.reported_at:
        return
    known.reported_at = reported_at
    known.referral_awaited = known.referral_awaited and None  # awaited anew, until an earlier time
    await cases.settle_referral(uow, known, at)
