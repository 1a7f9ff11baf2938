"""Which event makes which notification, to whom: one table (NO-4). A person gets few messages; staff their tasks.

Rows name events by their class and read them by typed functions, so that mypy checks every field.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nrm_events import fund, identification, repatriation, shelter
from nrm_events.base import CaseEvent
from nrm_events.taking_part import FUND, MIGRATION_SERVICE, SPECIAL_POLICE_BODY

from notify.domain import roles
from notify.rights import Part

PERSON = "person"
HOLDER = "holder"
OPERATOR = "operator"
"""Recipients that are no agency's code: who they are is found when somebody reads."""

E = TypeVar("E", bound=CaseEvent)


@dataclass(frozen=True)
class Route:
    """`to`: the person, the holder of the case, or `agency`: those that the row reads from the event.

    `task` is the code that the inbox shows after signing in, of this `part` of the case, to people with one of these
    `roles`. For a message to the person, `agencies` is whose message it is, and a `lasting` one is sent after the
    closing of the case as well.
    """

    event: type[CaseEvent]
    to: str
    task: str
    part: Part
    agencies: Callable[[CaseEvent], Sequence[str]]
    roles: tuple[str, ...] = ()
    template: str = "new_notification"
    lasting: bool = False


def _none(_: CaseEvent) -> Sequence[str]:
    return ()


def _typed(event: type[E], read: Callable[[E], str | Sequence[str]]) -> Callable[[CaseEvent], Sequence[str]]:
    def agencies(data: CaseEvent) -> Sequence[str]:
        if not isinstance(data, event):
            raise TypeError(f"{type(data).__name__} is no {event.__name__}")
        found = read(data)
        return (found,) if isinstance(found, str) else tuple(found)

    return agencies


def to_person(event: type[E], *, message_of: Callable[[E], str] | None = None, lasting: bool = False) -> Route:
    """A message to the person (NO-1, NO-2)."""
    author = _typed(event, message_of) if message_of else _none
    return Route(event, PERSON, "person_told", "contact", author, template="please_call", lasting=lasting)


def to_holder(event: type[CaseEvent], task: str, part: Part) -> Route:
    """A task for the desk of whoever holds the case."""
    return Route(event, HOLDER, task, part, _none, roles.DESK)


def to_agency(
    event: type[E],
    task: str,
    part: Part,
    *,
    agencies: Callable[[E], str | Sequence[str]],
    to_roles: tuple[str, ...],
) -> Route:
    """A task for the agencies that the event names; each sees it by a basis that shows the part (ID-12)."""
    return Route(event, "agency", task, part, _typed(event, agencies), to_roles)


def _to_fund(event: type[E], task: str, to_roles: tuple[str, ...]) -> Route:
    return to_agency(event, task, "payment", agencies=lambda _: FUND, to_roles=to_roles)


def _to_migration(event: type[E], task: str) -> Route:
    return to_agency(event, task, "permit", agencies=lambda _: MIGRATION_SERVICE, to_roles=roles.MIGRATION)


ROUTES: tuple[Route, ...] = (
    to_holder(identification.HolderChanged, "case_taken_over", "holding"),
    to_agency(
        identification.VictimReferred,
        "referral_received",
        "hand_over",
        agencies=lambda e: e.to,
        to_roles=roles.ASSESSMENT,
    ),
    to_holder(identification.ReferralAcknowledged, "referral_acknowledged", "hand_over"),
    to_person(identification.VictimIdentified, message_of=lambda e: e.authority),
    to_holder(identification.VictimIdentified, "case_recognised", "recognition"),
    to_person(identification.IdentificationDeclined, message_of=lambda e: e.authority, lasting=True),
    to_holder(identification.IdentificationDeclined, "case_not_recognised", "recognition"),
    to_person(identification.RecognitionRevoked, message_of=lambda e: e.authority, lasting=True),
    to_holder(identification.RecognitionRevoked, "recognition_revoked", "recognition"),
    to_person(identification.IdentificationAppealDecided, lasting=True),
    to_holder(identification.IdentificationAppealDecided, "appeal_decided", "recognition"),
    to_holder(identification.IdentificationReopened, "case_reopened", "recognition"),
    to_agency(
        identification.OpinionGiven,
        "opinion_given",
        "recognition",
        agencies=lambda e: e.authority or HOLDER,
        to_roles=roles.DESK,
    ),
    to_agency(
        shelter.ShelterRequested, "place_requested", "place", agencies=lambda e: e.addressed_to, to_roles=roles.HOUSE
    ),
    to_holder(shelter.PlaceOffered, "place_offered", "place"),
    to_holder(shelter.PlaceWithdrawn, "place_withdrawn", "place"),
    to_agency(
        shelter.PlaceToWeighAgain, "place_to_weigh_again", "place", agencies=lambda e: e.operator, to_roles=roles.HOUSE
    ),
    to_holder(shelter.ShelterExtensionRefused, "stay_not_extended", "stay"),
    to_agency(
        shelter.HandoverRequested, "handover_received", "support", agencies=lambda e: e.to, to_roles=roles.SUPPORT
    ),
    to_holder(shelter.HandoverAcknowledged, "handover_acknowledged", "support"),
    to_holder(shelter.HandoverDeclined, "handover_declined", "support"),
    to_holder(shelter.HandoverEnded, "handover_ended", "support"),
    _to_fund(fund.ClaimDrafted, "claim_drafted", roles.FUND_REQUEST),
    _to_fund(fund.ClaimSubmitted, "claim_submitted", roles.FUND_APPROVAL),
    _to_fund(fund.ApprovalVoided, "approval_voided", roles.FUND_REQUEST),
    _to_fund(fund.ClaimApproved, "claim_approved", roles.FUND_RELEASE),
    _to_fund(fund.PaymentReserved, "payment_reserved", roles.FUND_RELEASE),
    _to_fund(fund.PaymentOrdered, "payment_ordered", roles.FUND_BANK),
    _to_fund(fund.PaymentFailed, "payment_failed", roles.FUND_RELEASE),
    _to_fund(fund.PaymentReturned, "payment_came_back", roles.FUND_REQUEST),
    to_holder(fund.ClaimRejected, "claim_rejected", "payment"),
    to_person(fund.PaymentMade),
    to_holder(fund.PaymentReturned, "payment_returned", "payment"),
    to_agency(
        repatriation.PermitMotionRequested,
        "motion_requested",
        "permit",
        agencies=lambda _: SPECIAL_POLICE_BODY,
        to_roles=roles.MOTION,
    ),
    _to_migration(repatriation.PermitMotionReceived, "motion_received"),
    _to_migration(repatriation.PermitAppealed, "permit_appealed"),
    to_person(repatriation.PermitGranted),
    to_holder(repatriation.PermitGranted, "permit_granted", "permit"),
    to_holder(repatriation.PermitRefused, "permit_refused", "permit"),
    to_agency(
        repatriation.RemovalBarNoticed,
        "removal_bar_noticed",
        "removal_bar",
        agencies=lambda e: e.told,
        to_roles=roles.MIGRATION,
    ),
    to_holder(repatriation.ReturnSuspended, "return_suspended", "return"),
)

OWN_TASKS = (
    *("contact_withheld", "message_failed"),
    *("clock_approaching", "clock_breached", "clock_escalated"),
    *("child_in_case", "age_to_establish", "re_examine"),
)
"""Tasks that notify makes by itself, beside those of the table."""

TASKS = tuple(dict.fromkeys([*(route.task for route in ROUTES), *OWN_TASKS]))
ROUTED: frozenset[type[CaseEvent]] = frozenset(route.event for route in ROUTES)
AGENCY_TASK = "agency/"
"""How the subject of a task begins that names an agency and no case."""
