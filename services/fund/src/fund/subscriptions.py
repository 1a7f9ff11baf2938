"""The events that the Fund receives: what follows from them alone, and what it does once."""

from casework.projection import access_subscriptions
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from nrm_events import identification

from fund.rights import RIGHTS
from fund.tables import Base
from fund.use_cases import projections as rows
from fund.use_cases import reactions

SUBSCRIPTIONS = (
    *access_subscriptions("fund"),
    Subscription(identification.CaseOpened, project=rows.case_opened),
    Subscription(identification.PersonFactsChanged, project=rows.person_facts_changed),
    Subscription(identification.PayeeChanged, project=rows.payee_changed, react=reactions.payee_changed),
    Subscription(identification.ConsentWithdrawn, react=reactions.acknowledge_withdrawal),
    Subscription(identification.VictimPresumed, project=rows.victim_presumed, react=reactions.settle_by_recognition),
    Subscription(identification.PotentialVictimRecorded, project=rows.potential_victim_recorded),
    Subscription(identification.VictimIdentified, project=rows.victim_identified, react=reactions.identified),
    Subscription(identification.IdentificationDeclined, react=reactions.identification_declined),
    Subscription(
        identification.RecognitionRevoked, project=rows.recognition_revoked, react=reactions.recognition_revoked
    ),
    Subscription(identification.CaseClosed, project=rows.case_closed, react=reactions.case_closed),
    Subscription(identification.IdentificationReopened, project=rows.reopened),
)

PROJECTIONS = {
    "cases": Projection(
        tables={
            case_access: "true",
            Base.metadata.tables["opened_case"]: "true",
            Base.metadata.tables["recognition"]: "true",
        },
        handlers=projections("fund", RIGHTS, SUBSCRIPTIONS),
        begins=identification.CaseOpened,
    )
}
