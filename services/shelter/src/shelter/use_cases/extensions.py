"""A longer stay, requested and decided (SH-1)."""

from datetime import date, datetime
from uuid import UUID

from casework.calendar import end_of_day
from chassis.clock import new_id
from chassis.errors import Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import ShelterExtended, ShelterExtensionRefused
from sqlalchemy import select

from shelter.commands import DecideExtension, RequestExtension
from shelter.domain import stays
from shelter.domain.stays import EXTENSION
from shelter.facts import places
from shelter.parameters import parameter
from shelter.tables import Extension, Stay
from shelter.use_cases import nights
from shelter.use_cases.aggregate import effective_time, load_stay, require_own, transition


async def request(uow: UnitOfWork, stay_id: UUID, command: RequestExtension) -> Stay:
    """Request a longer stay, with a reason; a manager decides (SH-1)."""
    stay = await load_stay(uow, stay_id, for_="request_extension", read=command)
    at = effective_time(uow, stay, "request_extension", command)
    require_own(uow, [stay.operator, stay.asked_by])
    uow.session.add(_requested(uow, stay, at, command.reason))
    await uow.session.flush()  # a second one that waits is refused here, by the database
    transition(uow, stay, "request_extension", at, reason=command.reason)
    return stay


def _requested(uow: UnitOfWork, stay: Stay, at: datetime, reason: str) -> Extension:
    return Extension(
        id=new_id(),
        stay_id=stay.id,
        state=EXTENSION.start,
        requested_at=at,
        requested_by=uow.actor.agency,
        reason=reason,
    )


async def decide(uow: UnitOfWork, stay_id: UUID, command: DecideExtension) -> Stay:
    """A decider extends the stay to a new end, or does not, with a reason (SH-1). Not extending ends nothing (SH-3)."""
    stay = await load_stay(uow, stay_id, for_="decide_extension", read=command)
    at = effective_time(uow, stay, "decide_extension", command)
    require_own(uow, [stay.operator])
    extension = await uow.session.scalar(
        select(Extension).where(Extension.stay_id == stay.id, Extension.state == "requested").with_for_update()
    )
    if extension is None:
        extension = _requested(uow, stay, at, command.reason)
        uow.session.add(extension)
    if not command.granted and (command.ends_on or command.days is not None):
        raise Invalid("end_without_extension", "A stay that is not extended gets no new end.")
    ends_on = await _lengthen(uow, stay, at, command) if command.granted else None
    extension.state = EXTENSION.after(EXTENSION.start, "grant" if command.granted else "refuse")
    extension.decided_at, extension.decided_by, extension.reason = at, uow.actor.sub, command.reason
    extension.ends_on = ends_on
    _emit_decided(uow, stay, extension, at)
    facts = {"granted": command.granted, "reason": command.reason, "ends_on": stay.ends_on}
    transition(uow, stay, "decide_extension", at, **facts)
    return stay


async def _lengthen(uow: UnitOfWork, stay: Stay, at: datetime, command: DecideExtension) -> date:
    """The new end, with the bed taken until then (SH-5). The nights that are added are weighed (SH-4)."""
    step = parameter("extension_step_days", at)
    ends_on = stays.extended_end(stay.rules, step_days=step, ends_on=command.ends_on, days=command.days)
    if stay.bed_id:
        await nights.keep_bed(uow, stay, await places.weigh_staying(uow, stay, stay.bed_id, ends_on))
    stay.ends_on = ends_on
    return ends_on


def _emit_decided(uow: UnitOfWork, stay: Stay, extension: Extension, at: datetime) -> None:
    about: dict[str, object] = {
        "effective_at": at,
        "case_id": stay.case_id,
        "stay_id": stay.id,
        "extension_id": extension.id,
        "reason": extension.reason,
    }
    if extension.ends_on:
        uow.emit(ShelterExtended.model_validate(about | {"ends_at": end_of_day(extension.ends_on)}))
    else:
        uow.emit(ShelterExtensionRefused.model_validate(about))
