"""The evening's sheet of a house: what several residents got, entered at once (SH-6)."""

from chassis.errors import DomainError, Fault, Invalid
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from shelter.commands import RecordService, RecordServices
from shelter.tables import Stay
from shelter.use_cases.residence import record_service


async def record_services(uow: UnitOfWork, command: RecordServices) -> int:
    """Log every service of the sheet, or none; how many there were.

    Raises:
        DomainError: As for one service; its fault names the stay, `body.services.<stay_id>`.
    """
    ticked = {stay_id: services for stay_id, services in command.services.items() if services}
    if not ticked:
        raise Invalid("nothing_ticked", "No service is ticked.", faults=[Fault("body.services", "nothing_ticked", "")])
    await uow.lock(*await uow.session.scalars(select(Stay.case_id).where(Stay.id.in_(ticked))))
    for stay_id, services in ticked.items():
        for service in dict.fromkeys(services):
            one = RecordService(service=service, payer=command.payer, happened_at=command.happened_at)
            try:
                await record_service(uow, stay_id, one)
            except DomainError as error:
                error.faults = error.faults or (Fault(f"body.services.{stay_id}", error.code, error.detail),)
                raise
    return sum(len(set(services)) for services in ticked.values())
