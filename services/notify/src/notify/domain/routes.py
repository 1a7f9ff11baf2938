"""Which event makes which notification, to whom: one table (NO-4). A person gets few messages; staff their tasks.

Rows name events by their class and read them by typed functions, so that mypy checks every field.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from nrm_events import fund, identification, repatriation, shelter
from nrm_events.base import CaseEvent

from notify.rights import Part

PERSON = "person"
HOLDER = "holder"
OPERATOR = "operator"
"""Recipients that are no agency's code: who they are is found when somebody reads."""

E = TypeVar("E", bound=CaseEvent)


@dataclass(frozen=True)
class Route:
    """`to`: the person, the holder of the case, or `agency`, which the event names.

    `task` is the code that the inbox shows after signing in, of this `part` of the case. For a message to the person,
    `agency` is whose message it is.
    """

    event: type[CaseEvent]
    to: str
    task: str
    part: Part
    agency: Callable[[CaseEvent], str | None]
    template: str = "new_notification"


def _none(_: CaseEvent) -> None:
    return None


def _typed(event: type[E], read: Callable[[E], str]) -> Callable[[CaseEvent], str]:
    def agency(data: CaseEvent) -> str:
        if not isinstance(data, event):
            raise TypeError(f"{type(data).__name__} is no {event.__name__}")
        return read(data)

    return agency


def to_person(event: type[E], *, message_of: Callable[[E], str] | None = None) -> Route:
    """A message to the person (NO-1, NO-2)."""
    author = _typed(event, message_of) if message_of else _none
    return Route(event, PERSON, "person_told", "contact", author, template="please_call")


def to_holder(event: type[CaseEvent], task: str, part: Part) -> Route:
    """A task for whoever holds the case."""
    return Route(event, HOLDER, task, part, _none)


def to_agency(event: type[E], agency: Callable[[E], str], task: str, part: Part) -> Route:
    """A task for the agency that the event names; it sees it by a basis that shows the part (ID-12)."""
    return Route(event, "agency", task, part, _typed(event, agency))


ROUTES: tuple[Route, ...] = (
    to_holder(identification.HolderChanged, "case_taken_over", "holding"),
    to_agency(identification.VictimReferred, lambda e: e.to, "referral_received", "hand_over"),
    to_holder(identification.ReferralAcknowledged, "referral_acknowledged", "hand_over"),
    to_person(identification.VictimIdentified, message_of=lambda e: e.authority),
    to_holder(identification.VictimIdentified, "case_recognised", "recognition"),
    to_holder(identification.IdentificationDeclined, "case_not_recognised", "recognition"),
    to_holder(identification.RecognitionRevoked, "recognition_revoked", "recognition"),
    to_holder(shelter.PlaceOffered, "place_offered", "place"),
    to_holder(shelter.PlaceWithdrawn, "place_withdrawn", "place"),
    to_agency(shelter.PlaceToWeighAgain, lambda e: e.operator, "place_to_weigh_again", "place"),
    to_holder(shelter.ShelterExtensionRefused, "stay_not_extended", "stay"),
    to_agency(shelter.HandoverRequested, lambda e: e.to, "handover_received", "support"),
    to_holder(shelter.HandoverAcknowledged, "handover_acknowledged", "support"),
    to_holder(shelter.HandoverDeclined, "handover_declined", "support"),
    to_holder(shelter.HandoverEnded, "handover_ended", "support"),
    to_person(fund.PaymentMade),
    to_holder(fund.PaymentReturned, "payment_returned", "payment"),
    to_person(repatriation.PermitGranted),
    to_holder(repatriation.PermitGranted, "permit_granted", "permit"),
    to_holder(repatriation.PermitRefused, "permit_refused", "permit"),
    to_agency(repatriation.RemovalBarNoticed, lambda e: e.told, "removal_bar_noticed", "removal_bar"),
    to_holder(repatriation.ReturnSuspended, "return_suspended", "return"),
)

OWN_TASKS = (
    *("contact_withheld", "message_failed"),
    *("clock_approaching", "clock_breached", "clock_escalated"),
    *("child_in_case", "age_to_establish"),
)
"""Tasks that notify makes by itself, beside those of the table."""

TASKS = tuple(dict.fromkeys([*(route.task for route in ROUTES), *OWN_TASKS]))
ROUTED: frozenset[type[CaseEvent]] = frozenset(route.event for route in ROUTES)
