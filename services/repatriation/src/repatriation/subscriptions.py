"""Event → what the service does: one table. `project` can be made anew from the topics, `react` happens once."""

from casework.projection import access_subscriptions
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from nrm_events import fund, identification, notify

from repatriation.rights import OWN_KINDS, RIGHTS
from repatriation.tables import Base
from repatriation.use_cases import decrees, reactions
from repatriation.use_cases import projections as rows

SERVICE_NAME = "repatriation"

SUBSCRIPTIONS = (
    *access_subscriptions(SERVICE_NAME),
    Subscription(identification.CaseOpened, rows.person_facts, reactions.person_facts_changed),
    Subscription(identification.PersonFactsChanged, rows.person_facts, reactions.person_facts_changed),
    Subscription(identification.VictimPresumed, rows.recognised, reactions.recognised),
    Subscription(identification.VictimIdentified, rows.recognised, reactions.recognised),
    Subscription(identification.IdentificationDeclined, react=reactions.identification_declined),
    Subscription(identification.RecognitionRevoked, rows.revoked, reactions.recognition_revoked),
    Subscription(identification.CaseClosed, rows.case_closed, reactions.case_closed),
    Subscription(identification.IdentificationReopened, rows.case_reopened),
    Subscription(identification.ChildStepTaken, rows.child_step_taken),
    Subscription(identification.ReflectionStarted, rows.reflection_started, reactions.reflection_started),
    Subscription(identification.ReflectionEnded, rows.reflection_ended, reactions.reflection_ended),
    Subscription(identification.ConsentGranted, react=reactions.consent_granted),
    Subscription(identification.ConsentWithdrawn, react=reactions.consent_withdrawn),
    Subscription(fund.ClaimDrafted, rows.claim_open, reactions.claim_open),
    Subscription(fund.ClaimSubmitted, rows.claim_open, reactions.claim_open),
    Subscription(fund.ClaimApproved, rows.claim_open, reactions.claim_open),
    Subscription(fund.PaymentFailed, rows.claim_open, reactions.claim_open),
    Subscription(fund.PaymentReturned, rows.claim_open, reactions.claim_open),
    Subscription(fund.ClaimCancelled, rows.claim_settled, reactions.claim_settled),
    Subscription(fund.ClaimRejected, rows.claim_rejected, reactions.claim_rejected),
    Subscription(fund.PaymentMade, rows.claim_settled, reactions.claim_settled),
    Subscription(notify.CalendarDecreed, react=decrees.calendar_decreed),
)

_OWN_KINDS = ", ".join(f"'{kind}'" for kind in sorted(OWN_KINDS))
OF_OTHERS = f"not (basis = 'told_of_bar' or (basis in ('asked', 'serves') and about in ({_OWN_KINDS})))"
"""The rows of `case_access` that follow from events; the others were written in acts of this service."""

PROJECTIONS = {
    "cases": Projection(
        tables={case_access: OF_OTHERS} | {Base.metadata.tables[table.name]: "true" for table in rows.TABLES},
        handlers=projections(SERVICE_NAME, RIGHTS, SUBSCRIPTIONS),
        begins=identification.CaseOpened,
    )
}
