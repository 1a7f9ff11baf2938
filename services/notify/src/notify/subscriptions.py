"""What notify does with each event: one table. Clocks and notifications follow from the tables of the domain."""

from collections.abc import Iterator, Sequence

from casework.projection import access_subscriptions
from chassis.subscription import Subscription
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, fund, identification, repatriation, shelter
from nrm_events.base import CaseEvent

from notify.domain.kinds import CLOCK_EVENTS, KINDS
from notify.domain.routes import HOLDER, PERSON, ROUTED, ROUTES
from notify.use_cases import projections, reactions


def _by_law(event: type[CaseEvent]) -> Subscription[CaseEvent]:
    """The reaction to a class of events, with what the tables hold for it as its docstring: docs/events has it."""

    async def react(uow: UnitOfWork, events: Sequence[Envelope[CaseEvent]]) -> None:
        await reactions.run_by_law(uow, events)

    react.__doc__ = "; ".join(_in_words(event))
    return Subscription(event, react=react)


def _in_words(event: type[CaseEvent]) -> Iterator[str]:
    for kind in KINDS:
        for does, rows in (
            ("is met", kind.meets),
            ("is met without the name", kind.meets_without_identity),
            ("ends", kind.drops),
            ("moves", kind.moves),
            ("starts", kind.starts),
        ):
            if any(row.event is event for row in rows):
                yield f"the clock `{kind.code}` {does} (NO-3)"
    for route in ROUTES:
        if route.event is event:
            to = f"the {route.to}" if route.to in (PERSON, HOLDER) else " or ".join(route.roles)
            yield f"{to} gets `{route.task}` (NO-4)"


_LAW = sorted(CLOCK_EVENTS | ROUTED, key=lambda event: event.type_name())

_CLAIM_WORK: tuple[type[fund.ClaimEvent], ...] = (
    fund.ClaimDrafted,
    fund.ClaimSubmitted,
    fund.ApprovalVoided,
    fund.ClaimApproved,
    fund.PaymentReserved,
    fund.PaymentOrdered,
    fund.PaymentFailed,
    fund.PaymentReturned,
    fund.ClaimReexamined,
)
_CLAIM_OVER: tuple[type[fund.ClaimEvent], ...] = (fund.PaymentMade, fund.ClaimRejected, fund.ClaimCancelled)

SUBSCRIPTIONS = (
    *access_subscriptions("notify"),
    Subscription(identification.CaseOpened, project=projections.holder_known, react=reactions.child_opened),
    Subscription(identification.ReferralAwaited, project=projections.hand_over_awaited),
    Subscription(identification.HolderChanged, project=projections.holder_known),
    Subscription(identification.PersonFactsChanged, react=reactions.age_changed),
    Subscription(identification.VictimPresumed, react=reactions.age_changed),
    Subscription(identification.VictimIdentified, react=reactions.age_changed),
    Subscription(identification.CaseClosed, project=projections.case_closed, react=reactions.case_closed),
    Subscription(identification.IdentificationReopened, project=projections.case_reopened),
    Subscription(identification.ConsentWithdrawn, react=reactions.consent_withdrawn),
    Subscription(shelter.ShelterRequested, project=projections.place_requested),
    *(Subscription(event, project=projections.claim_open) for event in _CLAIM_WORK),
    *(Subscription(event, project=projections.claim_over) for event in _CLAIM_OVER),
    Subscription(repatriation.PermitApplied, project=projections.permit_requested),
    Subscription(repatriation.PermitGranted, project=projections.permit_granted),
    Subscription(repatriation.PermitExtended, project=projections.permit_granted),
    Subscription(repatriation.PermitEnded, project=projections.permit_ended),
    *(_by_law(event) for event in _LAW),
)
