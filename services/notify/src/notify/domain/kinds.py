"""Which clocks there are, what starts, moves and ends each, and who must act: one table (NO-3).

Rows name events by their class and read them by typed functions, so that mypy checks every field.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from casework.deadlines import ClockName
from nrm_events import Envelope, exchange, identification, repatriation, shelter
from nrm_events.base import CaseEvent
from nrm_events.taking_part import MIGRATION_SERVICE, SPECIAL_POLICE_BODY

from notify.domain import roles
from notify.domain.durations import end_of_day
from notify.domain.routes import HOLDER, OPERATOR
from notify.rights import Part

E = TypeVar("E", bound=CaseEvent)


@dataclass(frozen=True)
class Act:
    """What an event means for a clock: of which object, when it took effect and was recorded, and until when.

    `agency` must act; `requested_by` waits for it.
    """

    case_id: UUID
    object_id: UUID
    effective_at: datetime
    recorded_at: datetime
    due_at: datetime | None = None
    agency: str | None = None
    requested_by: str | None = None


@dataclass(frozen=True)
class Step:
    """An event that does something to a clock; `act` returns None where this one does not count."""

    event: type[CaseEvent]
    act: Callable[[Envelope[CaseEvent]], Act | None]


def step(
    event: type[E],
    object_id: Callable[[E], UUID],
    *,
    until: Callable[[E], datetime | date | None] | None = None,
    agency: Callable[[E], str] | None = None,
    requested_by: Callable[[E], str] | None = None,
    unless: Callable[[E], bool] | None = None,
) -> Step:
    """A row: how to read the object, the end, who must act and who waits from this class of events."""

    def act(envelope: Envelope[CaseEvent]) -> Act | None:
        data = envelope.data
        if not isinstance(data, event):
            raise TypeError(f"{type(data).__name__} is no {event.__name__}")
        if unless is not None and unless(data):
            return None
        return Act(
            case_id=data.case_id,
            object_id=object_id(data),
            effective_at=data.effective_at,
            recorded_at=envelope.time,
            due_at=_moment(until(data)) if until else None,
            agency=agency(data) if agency else None,
            requested_by=requested_by(data) if requested_by else None,
        )

    return Step(event, act)


def _moment(end: datetime | date | None) -> datetime | None:
    """A permit carries a day: it is over when the day is."""
    return end if end is None or isinstance(end, datetime) else end_of_day(end)


@dataclass(frozen=True)
class Watcher:
    """Who is notified for an agency that may not know of the case. An operator learns which agency, not which case."""

    to: str
    roles: tuple[str, ...]
    sees_case: bool = True


@dataclass(frozen=True)
class Kind:
    """A clock of a part of the case. Who must act: the agency of the step, else `agency`, else the holder.

    A start of a clock that runs to the same end passes the duty on. `meets` is what it waits for; `drops` ends the
    waiting, as a closed case does `with_case`.
    """

    code: ClockName
    part: Part
    roles: tuple[str, ...]
    starts: tuple[Step, ...]
    meets: tuple[Step, ...]
    moves: tuple[Step, ...] = ()
    drops: tuple[Step, ...] = ()
    meets_without_identity: tuple[Step, ...] = ()
    agency: str | None = None
    with_case: bool = False
    watchers: tuple[Watcher, ...] = ()

    @property
    def steps(self) -> Iterator[Step]:
        yield from (*self.starts, *self.moves, *self.meets, *self.drops, *self.meets_without_identity)


def _opinion(opinion: repatriation.PermitOpinionAsked | repatriation.PermitOpinionGiven) -> UUID:
    """Messages of before have the permit alone."""
    return opinion.opinion_id or opinion.permit_id


KINDS: tuple[Kind, ...] = (
    # ID-7: hand-over and its acknowledgement within 24 hours of the report; the holder's until it is handed over
    Kind(
        "referral",
        "hand_over",
        roles.ASSESSMENT,
        starts=(
            step(identification.ReferralAwaited, lambda e: e.case_id, until=lambda e: e.due_at),
            step(identification.VictimReferred, lambda e: e.case_id, until=lambda e: e.due_at, agency=lambda e: e.to),
        ),
        meets=(step(identification.ReferralAcknowledged, lambda e: e.case_id),),
        meets_without_identity=(step(identification.ReferralDutyMet, lambda e: e.case_id),),
        drops=(step(identification.ReferralNoLongerAwaited, lambda e: e.case_id),),
        with_case=True,
    ),
    # ID-9: another body decides on the appeal
    Kind(
        "appeal_decision",
        "recognition",
        roles.DESK,
        starts=(step(identification.IdentificationAppealed, lambda e: e.decision_id, until=lambda e: e.due_at),),
        meets=(step(identification.IdentificationAppealDecided, lambda e: e.decision_id),),
    ),
    # ID-10
    Kind(
        "reflection",
        "reflection",
        roles.DESK,
        starts=(step(identification.ReflectionStarted, lambda e: e.reflection_id, until=lambda e: e.ends_at),),
        meets=(step(identification.ReflectionEnded, lambda e: e.reflection_id),),
        with_case=True,
    ),
    # SH-1, SH-3: overdue a decision, never put out
    Kind(
        "stay",
        "stay",
        roles.HOUSE,
        starts=(
            step(shelter.ShelterAdmitted, lambda e: e.stay_id, until=lambda e: e.ends_at, agency=lambda e: e.operator),
        ),
        moves=(step(shelter.ShelterExtended, lambda e: e.stay_id, until=lambda e: e.ends_at),),
        meets=(
            step(shelter.ShelterLeft, lambda e: e.stay_id),
            step(shelter.ShelterTransferred, lambda e: e.stay_id),
        ),
    ),
    # SH-4: an offer lapses by itself
    Kind(
        "place_offer",
        "place",
        roles.DESK,
        starts=(step(shelter.PlaceOffered, lambda e: e.stay_id, until=lambda e: e.lapses_at),),
        meets=(
            step(shelter.ShelterAdmitted, lambda e: e.stay_id),
            step(shelter.PlaceWithdrawn, lambda e: e.stay_id),
        ),
        with_case=True,
    ),
    # SH-8
    Kind(
        "handover",
        "support",
        roles.SUPPORT,
        starts=(
            step(
                shelter.HandoverRequested,
                lambda e: e.handover_id,
                until=lambda e: e.due_at,
                agency=lambda e: e.to,
                requested_by=lambda e: e.from_agency,
            ),
        ),
        meets=(
            step(shelter.HandoverAcknowledged, lambda e: e.handover_id),
            step(shelter.HandoverDeclined, lambda e: e.handover_id),
            step(shelter.HandoverWithdrawn, lambda e: e.handover_id),
        ),
        drops=(step(shelter.HandoverEnded, lambda e: e.handover_id),),
    ),
    # RP-3: apply before lawful stay ends
    Kind(
        "permit_application",
        "permit",
        roles.DESK,
        starts=(step(repatriation.PermitEligible, lambda e: e.permit_id, until=lambda e: e.apply_by),),
        meets=(step(repatriation.PermitApplied, lambda e: e.permit_id),),
        drops=(step(repatriation.PermitWithdrawn, lambda e: e.permit_id),),
        with_case=True,
    ),
    # RP-1: the prosecuting body brings its motion or declines to
    Kind(
        "motion",
        "permit",
        roles.MOTION,
        starts=(step(repatriation.PermitMotionRequested, lambda e: e.permit_id, until=lambda e: e.due_at),),
        meets=(
            step(repatriation.PermitMotionReceived, lambda e: e.permit_id),
            step(repatriation.PermitMotionDeclined, lambda e: e.permit_id),
        ),
        drops=(
            step(repatriation.PermitWithdrawn, lambda e: e.permit_id),
            step(repatriation.PermitRefused, lambda e: e.permit_id),
        ),
        agency=SPECIAL_POLICE_BODY,
    ),
    # RP-3: ten working days, silence means no objection
    Kind(
        "opinion",
        "permit",
        roles.MIGRATION,
        starts=(step(repatriation.PermitOpinionAsked, _opinion, until=lambda e: e.due_at),),
        meets=(step(repatriation.PermitOpinionGiven, _opinion),),
        agency=MIGRATION_SERVICE,
    ),
    # RP-1
    Kind(
        "permit",
        "permit",
        roles.MIGRATION,
        starts=(step(repatriation.PermitGranted, lambda e: e.permit_id, until=lambda e: e.valid_until),),
        moves=(step(repatriation.PermitExtended, lambda e: e.permit_id, until=lambda e: e.valid_until),),
        meets=(step(repatriation.PermitEnded, lambda e: e.permit_id),),
        agency=MIGRATION_SERVICE,
    ),
    # RP-6: the receiving body acknowledges; whoever holds the case sees to it, for the body may be outside
    Kind(
        "return_handover",
        "return",
        roles.DESK,
        starts=(step(repatriation.ReturnHandoverOffered, lambda e: e.return_id, until=lambda e: e.due_at),),
        meets=(step(repatriation.HandedOver, lambda e: e.return_id),),
        drops=(step(repatriation.ReturnClosed, lambda e: e.return_id),),
    ),
    # RP-4: the holder, for the migration service may not know of the bar; an advisory hold has no clock
    Kind(
        "removal_bar",
        "removal_bar",
        roles.DESK,
        starts=(
            step(
                repatriation.RemovalBarRaised, lambda e: e.bar_id, until=lambda e: e.until, unless=lambda e: e.advisory
            ),
        ),
        moves=(
            step(
                repatriation.RemovalBarExtended,
                lambda e: e.bar_id,
                until=lambda e: e.until,
                unless=lambda e: e.advisory,
            ),
        ),
        meets=(step(repatriation.RemovalBarLifted, lambda e: e.bar_id, unless=lambda e: e.advisory),),
    ),
    # ID-12: an agency ends what rested on a consent; it may not know of the case any more, so others are notified
    Kind(
        "withdrawal",
        "consent",
        ("agency-system",),
        starts=(
            step(
                exchange.WithdrawalTold,
                lambda e: e.consent_id,
                until=lambda e: e.acknowledge_by,
                agency=lambda e: e.agency,
            ),
        ),
        meets=(step(exchange.WithdrawalAcknowledged, lambda e: e.consent_id),),
        watchers=(Watcher(HOLDER, roles.DESK), Watcher(OPERATOR, roles.OPERATORS, sees_case=False)),
    ),
)

BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}
CLOCK_EVENTS: frozenset[type[CaseEvent]] = frozenset(one.event for kind in KINDS for one in kind.steps)
