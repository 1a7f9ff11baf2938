"""Which clocks there are, what starts, moves and ends each, and who must act: one table (NO-3)."""

from collections.abc import Mapping
from uuid import UUID

from casework.deadlines import ClockName
from nrm_events import exchange, fund, identification, repatriation, shelter
from nrm_events.base import CaseEvent, GrantEvent, ReExamination
from nrm_events.taking_part import FUND, MIGRATION_SERVICE, SPECIAL_POLICE_BODY

from notify.domain import roles
from notify.domain.routes import HOLDER, OPERATOR
from notify.domain.steps import Kind, Step, Watcher, step
from notify.rights import Part


def _opinion(opinion: repatriation.PermitOpinionAsked | repatriation.PermitOpinionGiven) -> UUID:
    """Messages of before have the permit alone."""
    return opinion.opinion_id or opinion.permit_id


_Events = tuple[type[ReExamination], type[GrantEvent]]
_SHELTER: _Events = (shelter.ReExaminationRequired, shelter.ReExaminationSettled)
_REPATRIATION: _Events = (repatriation.ReExaminationRequired, repatriation.ReExaminationSettled)
_IDENTIFICATION: _Events = (identification.ReExaminationRequired, identification.ReExaminationSettled)


def _re_examination(code: ClockName, part: Part, to_roles: tuple[str, ...], *, grant: str, by: _Events) -> Kind:
    """ID-9: what a grant rests on has changed, so whoever granted it looks again, within a term."""
    required, settled = by
    return _looked_at_again(
        code,
        part,
        to_roles,
        required=step(required, lambda e: e.grant_id, agency=lambda e: e.agency, unless=lambda e: e.grant != grant),
        settled=step(settled, lambda e: e.grant_id, unless=lambda e: e.grant != grant),
    )


def _looked_at_again(code: ClockName, part: Part, to_roles: tuple[str, ...], *, required: Step, settled: Step) -> Kind:
    return Kind(
        code, part, to_roles, starts=(required,), meets=(settled,), within="re_examine_within", task="re_examine"
    )


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
    # ID-9: until when a decision can be appealed, and until when the body decides; both go on after the closing
    Kind(
        "appeal",
        "recognition",
        roles.DESK,
        starts=(
            step(identification.IdentificationDeclined, lambda e: e.decision_id, until=lambda e: e.appeal_by),
            step(
                identification.RecognitionRevoked,
                lambda e: e.decision_id or e.recognition_id,
                until=lambda e: e.appeal_by,
            ),
        ),
        meets=(step(identification.IdentificationAppealed, lambda e: e.decision_id),),
        drops=(step(identification.IdentificationReopened, lambda e: e.decision_id),),
    ),
    Kind(
        "appeal_decision",
        "recognition",
        roles.DESK,
        starts=(
            step(
                identification.IdentificationAppealed,
                lambda e: e.appeal_id or e.decision_id,
                until=lambda e: e.due_at,
            ),
        ),
        meets=(step(identification.IdentificationAppealDecided, lambda e: e.appeal_id),),
    ),
    # ID-10: a period outlives the case, as only the person ends it
    Kind(
        "reflection",
        "reflection",
        roles.DESK,
        starts=(step(identification.ReflectionStarted, lambda e: e.reflection_id, until=lambda e: e.ends_at),),
        meets=(step(identification.ReflectionEnded, lambda e: e.reflection_id),),
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
        moves=(step(shelter.HandoverDueMoved, lambda e: e.handover_id, until=lambda e: e.due_at),),
        drops=(step(shelter.HandoverEnded, lambda e: e.handover_id),),
        in_working_days=True,
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
        moves=(step(repatriation.PermitMotionDueMoved, lambda e: e.permit_id, until=lambda e: e.due_at),),
        meets=(
            step(repatriation.PermitMotionReceived, lambda e: e.permit_id),
            step(repatriation.PermitMotionDeclined, lambda e: e.permit_id),
        ),
        drops=(
            step(repatriation.PermitWithdrawn, lambda e: e.permit_id),
            step(repatriation.PermitRefused, lambda e: e.permit_id),
        ),
        agency=SPECIAL_POLICE_BODY,
        in_working_days=True,
    ),
    # RP-3: ten working days, silence means no objection
    Kind(
        "opinion",
        "permit",
        roles.MIGRATION,
        starts=(step(repatriation.PermitOpinionAsked, _opinion, until=lambda e: e.due_at),),
        moves=(step(repatriation.PermitOpinionDueMoved, lambda e: e.opinion_id, until=lambda e: e.due_at),),
        meets=(step(repatriation.PermitOpinionGiven, _opinion),),
        agency=MIGRATION_SERVICE,
        in_working_days=True,
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
        drops=(
            step(repatriation.ReturnClosed, lambda e: e.return_id),
            step(repatriation.DepartureCorrected, lambda e: e.return_id),
        ),
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
        moves=(step(exchange.WithdrawalDueMoved, lambda e: e.consent_id, until=lambda e: e.acknowledge_by),),
        meets=(step(exchange.WithdrawalAcknowledged, lambda e: e.consent_id),),
        in_working_days=True,
        watchers=(Watcher(HOLDER, roles.DESK), Watcher(OPERATOR, roles.OPERATORS, sees_case=False)),
    ),
    # ID-9: what was granted is looked at again, by whom granted it
    _re_examination("re_examination_of_stay", "stay", roles.HOUSE, grant="stay", by=_SHELTER),
    _re_examination("re_examination_of_handover", "support", roles.SUPPORT, grant="handover", by=_SHELTER),
    # whoever learned of the bar alone learns of no decision (RP-4)
    _re_examination("re_examination_of_bar", "recognition", roles.MOTION, grant="bar", by=_REPATRIATION),
    _re_examination("re_examination_of_permit", "permit", roles.MIGRATION, grant="permit", by=_REPATRIATION),
    _re_examination("re_examination_of_return", "return", roles.RETURN, grant="return", by=_REPATRIATION),
    _re_examination("re_examination_of_reflection", "reflection", roles.DESK, grant="reflection", by=_IDENTIFICATION),
    _looked_at_again(
        "re_examination_of_claim",
        "payment",
        roles.FUND_APPROVAL,
        required=step(fund.ClaimReexamined, lambda e: e.claim_id, agency=lambda _: FUND),
        settled=step(fund.ReExaminationSettled, lambda e: e.grant_id, unless=lambda e: e.grant != "claim"),
    ),
)

BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}
CLOCK_EVENTS: frozenset[type[CaseEvent]] = frozenset(one.event for kind in KINDS for one in kind.steps)
