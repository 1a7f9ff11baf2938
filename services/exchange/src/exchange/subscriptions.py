"""Event → reaction: what services publish is shared by agreement and basis; their answers return to the sender.

A basis that begins with an event is there when the event is shared, and one that ends with it ends after that: so the
addressee of a request, and whoever's service ends, each receive the event itself. A notice of a bar does either.
"""

from casework.projection import access_subscriptions
from casework.tables import case_access
from chassis.projection import Projection
from chassis.subscription import Subscription, projections
from nrm_events import identification, notify, repatriation, shelter

from exchange.domain.shareable import SHAREABLE
from exchange.rights import RIGHTS
from exchange.use_cases.bar_notices import bar_stands, bar_stands_no_more
from exchange.use_cases.reactions import calendar_decreed, consent_withdrawn, release, share
from exchange.use_cases.submissions import return_answers

_ENDING = {
    shelter.PlaceWithdrawn,
    shelter.ShelterLeft,
    shelter.HandoverDeclined,
    shelter.HandoverWithdrawn,
    shelter.HandoverEnded,
    repatriation.RemovalBarNoticeEnded,
}
_ACCESS = access_subscriptions("exchange")
_NARROWING = {identification.ConsentWithdrawn, identification.CaseClosed}
_BEGINNING = {subscription.event for subscription in _ACCESS} - _ENDING - _NARROWING

SUBSCRIPTIONS = (
    *(subscription for subscription in _ACCESS if subscription.event not in _ENDING | {repatriation.RemovalBarNoticed}),
    Subscription(repatriation.RemovalBarNoticed, react=bar_stands),
    *(Subscription(event, react=release) for event in sorted(_BEGINNING, key=str)),
    *(Subscription(event, react=share) for event in SHAREABLE.values()),
    *(Subscription(ending.event, react=ending.project) for ending in _ACCESS if ending.event in _ENDING),
    Subscription(repatriation.RemovalBarNoticed, react=bar_stands_no_more),
    Subscription(identification.ConsentWithdrawn, react=consent_withdrawn),
    Subscription(notify.CalendarDecreed, react=calendar_decreed),
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
