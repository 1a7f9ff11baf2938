"""Event → what is projected, what is done. Handlers get lists: per case in order, otherwise many cases at once."""

from casework.projection import access_subscriptions
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from nrm_events import exchange, identification, notify, repatriation

from shelter.rights import RIGHTS
from shelter.tables import Agreement, Base, CaseFacts
from shelter.use_cases import agency_commands, decrees, reactions
from shelter.use_cases import projections as project

NAME = "shelter"

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
    Subscription(exchange.HandoverAnswered, react=agency_commands.handover_answered),
    Subscription(exchange.CourseEnrolmentTold, react=agency_commands.course_enrolled),
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
