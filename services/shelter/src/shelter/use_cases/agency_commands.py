"""What agencies' systems send through the exchange, done as their people would over HTTP (SH-8).

The facts for a whole list are loaded first, behind the locks of its cases; each submission is decided by them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from casework import access
from casework.bases import Basis
from casework.submissions import answer_all
from chassis.bulk import as_lists, insert_lists
from chassis.database import update_alike
from chassis.errors import Invalid, NotFound
from chassis.subscription import turns
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, exchange
from nrm_events.shelter import SubmissionAnswered
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from shelter.commands import AcknowledgeHandover, DeclineHandover, RecordCourse
from shelter.facts.access import check_sees_handover
from shelter.tables import Base, CaseFacts, CourseEnrolment, Handover
from shelter.use_cases import care, handovers
from shelter.use_cases.bases import BasisChanges

Command = TypeVar("Command", bound=BaseModel)
Known = Mapping[tuple[str, UUID], frozenset[Basis]]
_ENROLMENTS = Base.metadata.tables[CourseEnrolment.__tablename__]
_ENROL = insert_lists(_ENROLMENTS, *(column.name for column in _ENROLMENTS.columns))


async def handover_answered(uow: UnitOfWork, events: Sequence[Envelope[exchange.HandoverAnswered]]) -> None:
    """An agency's system takes over support that was handed to it, or declines; it is answered (SH-8).

    The hand-over decides which case it is, whichever the agency names: of one case each follows the other.
    """
    cases = await _cases_of(uow, {event.data.handover_id for event in events})
    for turn in turns(events, key=lambda event: cases.get(event.data.handover_id, event.data.handover_id)):
        await _answer_handovers(uow, turn, cases)


async def _cases_of(uow: UnitOfWork, handover_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found = select(Handover.id, Handover.case_id).where(Handover.id.in_(handover_ids))
    return dict((await uow.session.execute(found)).tuples().all())


async def _answer_handovers(
    uow: UnitOfWork, events: Sequence[Envelope[exchange.HandoverAnswered]], cases: Mapping[UUID, UUID]
) -> None:
    asked = [(event.data.agency, cases[event.data.handover_id]) for event in events if event.data.handover_id in cases]
    known = await _known(uow, asked)
    await uow.lock(*{case_id for agency, case_id in asked if known[agency, case_id]})
    known = await _known(uow, asked)  # a reason may have ended while this transaction waited (ID-12)
    rows = await _handovers(uow, {event.data.handover_id for event in events})
    changes = BasisChanges()

    def decide(as_system: UnitOfWork, answer: exchange.HandoverAnswered) -> UUID:
        if answer.taken:
            taken = _command(AcknowledgeHandover, happened_at=answer.effective_at)
            handover = _loaded(as_system, rows.get(answer.handover_id), known, for_="acknowledge")
            handovers.take_over(as_system, changes, handover, taken)
            return handover.case_id
        declined = _command(DeclineHandover, happened_at=answer.effective_at, reason=answer.reason)
        handover = _loaded(as_system, rows.get(answer.handover_id), known, for_="decline_handover")
        handovers.turn_down(as_system, changes, handover, declined)
        return handover.case_id

    answer_all(uow, events, SubmissionAnswered, decide)
    update_alike(rows.values())
    await changes.write(uow)


async def _known(uow: UnitOfWork, asked: Collection[tuple[str, UUID]]) -> Known:
    return await access.bases_of(uow, {agency for agency, _ in asked}, {case_id for _, case_id in asked})


async def _handovers(uow: UnitOfWork, handover_ids: Collection[UUID]) -> dict[UUID, Handover]:
    found = select(Handover).where(Handover.id.in_(handover_ids)).order_by(Handover.id).with_for_update()
    rows = await uow.session.scalars(found, execution_options={"populate_existing": True})
    return {row.id: row for row in rows}


def _loaded(as_system: UnitOfWork, handover: Handover | None, known: Known, *, for_: str) -> Handover:
    """The hand-over, where the agency's bases give the act; the same checks as over HTTP."""
    if handover is None:
        raise NotFound
    own = known[as_system.actor.agency, handover.case_id]
    access.require_by(as_system, handover.case_id, own, for_=for_)
    check_sees_handover(as_system, handover, own)
    return handover


async def course_enrolled(uow: UnitOfWork, events: Sequence[Envelope[exchange.CourseEnrolmentTold]]) -> None:
    """An agency's system records a course on which the person is enrolled; it is answered (SH-8)."""
    asked = [(event.data.agency, event.data.case_id) for event in events]
    await uow.lock(*{case_id for _, case_id in asked})
    known = await _known(uow, asked)
    rows = await uow.session.scalars(select(CaseFacts).where(CaseFacts.case_id.in_({case_id for _, case_id in asked})))
    cases = {row.case_id: row for row in rows}
    enrolled: list[Mapping[str, object]] = []

    def decide(as_system: UnitOfWork, enrolment: exchange.CourseEnrolmentTold) -> UUID:
        command = _command(
            RecordCourse,
            happened_at=enrolment.effective_at,
            case_id=enrolment.case_id,
            course=enrolment.course,
            enrolled=enrolment.enrolled,
            needed=enrolment.needed,
        )
        own = known[enrolment.agency, enrolment.case_id]
        access.require_by(as_system, enrolment.case_id, own, for_="record_course")
        if enrolment.case_id not in cases:
            raise NotFound
        enrolled.append(care.enrol(as_system, cases[enrolment.case_id], command))
        return enrolment.case_id

    answer_all(uow, events, SubmissionAnswered, decide)
    if enrolled:
        await uow.session.execute(_ENROL, as_lists(enrolled))


def _command(model: type[Command], **fields: object) -> Command:
    try:
        return model.model_validate(fields)
    except ValidationError:
        raise Invalid("payload_malformed", "Unknown code or invalid time.") from None
