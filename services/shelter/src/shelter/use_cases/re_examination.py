"""What was granted is looked at again, as a task with a term; nothing is cancelled by it (ID-9)."""

from datetime import datetime
from uuid import UUID

from casework import aggregate
from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import ReExaminationRequired, ReExaminationSettled

from shelter.commands import ReExamine, ReExamineHandover
from shelter.domain.care import HANDOVER
from shelter.domain.stays import RECOGNITION_REASONS
from shelter.facts.grants import Grants
from shelter.tables import Handover, Stay
from shelter.use_cases.aggregate import audit_stay, load_handover, load_stay, require_own, transition


def require_of_stay(uow: UnitOfWork, stay: Stay, at: datetime, reason: str) -> None:
    """The operator looks at the stay again."""
    stay.version += 1
    audit_stay(uow, stay, "ask_to_re_examine", at, reason=reason)
    mark_stay(uow, stay, at, reason)


def mark_stay(uow: UnitOfWork, stay: Stay, at: datetime, reason: str) -> None:
    """The mark and its event; a stay that goes on elsewhere takes the marks along."""
    _mark(stay, at, reason)
    required = ReExaminationRequired(
        effective_at=at, case_id=stay.case_id, grant="stay", grant_id=stay.id, reason=reason, agency=stay.operator
    )
    uow.emit(required)


def _mark(grant: Stay | Handover, at: datetime, reason: str) -> None:
    """One reason more to look; whoever looks does so after the newest of them."""
    grant.re_examine_since = max(at, grant.re_examine_since or at)
    grant.re_examine_reasons = list(dict.fromkeys([*grant.re_examine_reasons, reason]))


def settle_stay(uow: UnitOfWork, stay: Stay, at: datetime) -> None:
    """Nobody needs to look any more: somebody did, the stay ended, or a new recognition carries it."""
    if stay.re_examine_since is not None:
        stay.re_examine_since, stay.re_examine_reasons = None, []
        uow.emit(ReExaminationSettled(effective_at=at, case_id=stay.case_id, grant="stay", grant_id=stay.id))


def require_of_handover(uow: UnitOfWork, handover: Handover, at: datetime, reason: str) -> None:
    """The agency that took the support over looks at it again."""
    _mark(handover, at, reason)
    handover.version += 1
    required = ReExaminationRequired(
        effective_at=at,
        case_id=handover.case_id,
        grant="handover",
        grant_id=handover.id,
        reason=reason,
        agency=handover.to_agency,
    )
    uow.emit(required)
    _audit(uow, "ask_to_re_examine", handover, at, reason=reason)


def settle_handover(uow: UnitOfWork, handover: Handover, at: datetime) -> None:
    """Nobody needs to look any more: somebody did, the support ended, or a new recognition carries it."""
    if handover.re_examine_since is not None:
        handover.re_examine_since, handover.re_examine_reasons = None, []
        settled = ReExaminationSettled(
            effective_at=at, case_id=handover.case_id, grant="handover", grant_id=handover.id
        )
        uow.emit(settled)


def require_of_case(uow: UnitOfWork, grants: Grants, at: datetime, reason: str) -> None:
    """Every stay and every support that goes on."""
    for stay in grants.living:
        require_of_stay(uow, stay, at, reason)
    for handover in grants.supports:
        require_of_handover(uow, handover, at, reason)


def settle_by_recognition(uow: UnitOfWork, grants: Grants, at: datetime) -> None:
    """A new recognition carries what the old one did (ID-9); every other reason to look stays."""
    for stay in grants.living:
        if _carried(stay):
            settle_stay(uow, stay, at)
    for handover in grants.supports:
        if _carried(handover):
            settle_handover(uow, handover, at)


def _carried(grant: Stay | Handover) -> bool:
    """Remove the reasons that a recognition settles; whether none is left."""
    left = [reason for reason in grant.re_examine_reasons if reason not in RECOGNITION_REASONS]
    grant.re_examine_reasons = left
    return not left


async def re_examine_stay(uow: UnitOfWork, stay_id: UUID, command: ReExamine) -> Stay:
    """A person looked again after a recognition was declined or revoked (ID-9). It never ends the stay by itself."""
    stay = await load_stay(uow, stay_id, for_="re_examine", read=command)
    require_own(uow, [stay.operator])
    if stay.re_examine_since is None:
        raise NotPossible("nothing_to_re_examine", "No decision requires this stay to be re-examined.")
    at = uow.effective(command.happened_at, not_before=stay.re_examine_since)
    transition(uow, stay, "re_examine", max(at, stay.last_act_at), reason=command.reason)
    settle_stay(uow, stay, at)
    return stay


async def re_examine_handover(uow: UnitOfWork, handover_id: UUID, command: ReExamineHandover) -> Handover:
    """The agency that serves looked again, and the support goes on; it ends only by its own acts (ID-9, SH-8)."""
    handover = await load_handover(uow, handover_id, for_="re_examine_handover", read=command)
    require_own(uow, [handover.to_agency])
    if handover.re_examine_since is None:
        raise NotPossible("nothing_to_re_examine", "No decision requires this support to be looked at again.")
    at = uow.effective(command.happened_at, not_before=handover.re_examine_since)
    aggregate.transition(handover, HANDOVER, "re_examine_handover")
    settle_handover(uow, handover, at)
    _audit(uow, "re_examine_handover", handover, at)
    return handover


def _audit(uow: UnitOfWork, action: str, handover: Handover, at: datetime, **facts: str) -> None:
    about = {"state": handover.state} | facts
    uow.audit(action, subject=f"handover/{handover.id}", case_id=handover.case_id, at=at, facts=about)
