"""Event → what is projected, what is done. Handlers get lists: per case in order, otherwise many cases at once."""

from collections.abc import Sequence

from casework.projection import access_subscriptions
from casework.submissions import answer_each
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, exchange, identification, notify, repatriation
from nrm_events.shelter import SubmissionAnswered

from shelter.rights import RIGHTS
from shelter.tables import Agreement, Base, CaseFacts
from shelter.use_cases import agency_commands, decrees, reactions
from shelter.use_cases import projections as project

NAME = "shelter"


async def handover_answered(uow: UnitOfWork, events: Sequence[Envelope[exchange.HandoverAnswered]]) -> None:
    """An agency's system takes over support that was handed to it, or declines; it is answered (SH-8)."""
    await answer_each(uow, events, SubmissionAnswered, agency_commands.answer_handover)


async def course_enrolled(uow: UnitOfWork, events: Sequence[Envelope[exchange.CourseEnrolmentTold]]) -> None:
    """An agency's system records a course on which the person is enrolled; it is answered (SH-8)."""
    await answer_each(uow, events, SubmissionAnswered, agency_commands.record_course)


SUBSCRIPTIONS = (
    *access_subscriptions(NAME),
    Subscription(identification.CaseOpened, project=project.case_opened),
    Subscription(
        identification.PersonFactsChanged, project=project.person_facts_changed, react=reactions.person_facts_changed
    ),
    Subscription(identification.VictimPresumed, project=project.person_facts_changed, react=reactions.recognised),
    Subscription(identification.VictimIdentified, project=project.person_facts_changed, react=reactions.recognised),
    Subscription(identification.ConsentGranted, project=project.consent_granted),
    Subscription(identification.ConsentWithdrawn, project=project.consent_withdrawn, react=reactions.consent_withdrawn),
    Subscription(identification.IdentificationDeclined, react=reactions.identification_declined),
    Subscription(identification.RecognitionRevoked, react=reactions.recognition_revoked),
    Subscription(identification.CaseClosed, project=project.case_closed, react=reactions.case_closed),
    Subscription(identification.IdentificationReopened, project=project.case_reopened),
    Subscription(repatriation.Departed, react=reactions.departed),
    Subscription(notify.CalendarDecreed, react=decrees.calendar_decreed),
    Subscription(exchange.HandoverAnswered, react=handover_answered),
    Subscription(exchange.CourseEnrolmentTold, react=course_enrolled),
)

PROJECTIONS = {
    "cases": Projection(
        tables={
            case_access: "basis not in ('asked', 'serves')",  # those are of shelter's own acts
            Base.metadata.tables[CaseFacts.__tablename__]: "true",
            Base.metadata.tables[Agreement.__tablename__]: "true",
        },
        handlers=projections(NAME, RIGHTS, SUBSCRIPTIONS),
        begins=identification.CaseOpened,
    )
}
