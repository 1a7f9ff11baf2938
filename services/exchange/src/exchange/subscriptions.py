"""Event → reaction: what services publish is shared by agreement and basis; their answers go back to the sender.

A basis that begins with an event is there when the event is shared, and one that ends with it ends after that: so the
agency that is asked, and the one whose service ends, each receive the event itself.
"""

from typing import Any

from casework.projection import access_subscriptions
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from nrm_events import identification, repatriation, shelter

from exchange.domain.shareable import SHAREABLE
from exchange.rights import RIGHTS
from exchange.use_cases.projections import place_offered, place_settled
from exchange.use_cases.reactions import consent_withdrawn, release, share
from exchange.use_cases.submissions import return_answers

_ENDING = {
    shelter.PlaceWithdrawn,
    shelter.ShelterLeft,
    shelter.HandoverDeclined,
    shelter.HandoverWithdrawn,
    repatriation.RemovalBarNoticeEnded,
}
_ACCESS: tuple[Subscription[Any], ...] = (
    *access_subscriptions("exchange"),
    Subscription(shelter.PlaceOffered, project=place_offered),
    Subscription(shelter.PlaceWithdrawn, project=place_settled),
    Subscription(shelter.ShelterAdmitted, project=place_settled),
)
_BEGINNING = {subscription.event for subscription in _ACCESS} - _ENDING - {identification.ConsentWithdrawn}

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *(subscription for subscription in _ACCESS if subscription.event not in _ENDING),
    *(Subscription(event, react=release) for event in sorted(_BEGINNING, key=str)),
    *(Subscription(event, react=share) for event in SHAREABLE.values()),
    *(Subscription(s.event, react=s.project) for s in _ACCESS if s.event in _ENDING),
    Subscription(identification.ConsentWithdrawn, react=consent_withdrawn),
    Subscription(identification.SubmissionAnswered, react=return_answers),
    Subscription(shelter.SubmissionAnswered, react=return_answers),
)
PROJECTIONS = {
    "cases": Projection(
        tables={case_access: "true"},
        handlers=projections("exchange", RIGHTS, _ACCESS),
        begins=identification.CaseOpened,
    )
}
