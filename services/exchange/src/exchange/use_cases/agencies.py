"""An agency's system is joined, suspended, resumed, or removed; each agreement is stored (docs/adr/0018)."""

from uuid import NAMESPACE_URL, UUID, uuid5

from casework.access import revoke_consents_of
from casework.agencies import kind
from casework.calendar import local_date
from casework.tables import joined_agency
from chassis.errors import Invalid, NotFound, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.exchange import AgencyJoined, AgencyRemoved
from nrm_events.taking_part import is_police
from pydantic import JsonValue
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from exchange.commands import Agree, CutOff
from exchange.domain.agreements import AGENCY
from exchange.tables import Agency, AgreementRow
from exchange.use_cases.agency_outbound import lock_sharing_exclusive, send_what_waits
from exchange.use_cases.agreement_faults import faults_of


async def agree(uow: UnitOfWork, code: str, command: Agree) -> Agency:
    """Join an agency, or replace its agreement. The same one again changes nothing."""
    _refuse_faults(uow, code, command)
    await lock_sharing_exclusive(uow)
    agency = await uow.session.get(Agency, code, with_for_update=True)
    await _refuse_another_kind(uow, command)
    if agency is None:
        agency = Agency(code=code, state=AGENCY.start, edition=0, joined_at=uow.now, changed_at=uow.now, version=0)
        uow.session.add(agency)
        await uow.session.flush()
    if command.edition <= agency.edition:
        await _same_again(uow, agency, command)
        return agency
    uow.session.add(AgreementRow(agency=code, edition=command.edition, content=_content(command), given_at=uow.now))
    agency.edition = command.edition
    if agency.state == "removed":
        agency.state = AGENCY.after(agency.state, "rejoin")
    await _takes_part(uow, command)
    _changed(uow, agency, "agree", edition=command.edition)
    uow.emit(AgencyJoined(effective_at=uow.now, agency_id=_id_of(code), agency=code, kind=command.kind))
    return agency


async def check(uow: UnitOfWork, code: str, command: Agree) -> Agency | None:
    """The agency, if `agree` would succeed now; raises what that would raise, and changes nothing."""
    _refuse_faults(uow, code, command)
    await _refuse_another_kind(uow, command)
    agency = await uow.session.get(Agency, code)
    if agency is not None and command.edition <= agency.edition:
        await _same_again(uow, agency, command)
    return agency


def _refuse_faults(uow: UnitOfWork, code: str, command: Agree) -> None:
    if command.agency != code:
        raise Invalid("other_agency", "The agreement is another agency's.")
    if faults := list(faults_of(command, local_date(uow.now))):
        raise Invalid("invalid_agreement", "The agreement has faults; nothing was changed.", faults=faults)


async def _refuse_another_kind(uow: UnitOfWork, command: Agree) -> None:
    """What was opened to an agency went by its kind: another kind is another agency, under a new code."""
    known = await kind(uow, command.agency)
    if known not in (None, command.kind):
        raise NotPossible(
            "kind_cannot_change",
            f"The agency {command.agency} joined as {known}. Its kind cannot change: join it under a new code.",
            facts={"kind": known},
        )


def _content(command: Agree) -> dict[str, JsonValue]:
    return command.model_dump(mode="json", by_alias=True)


async def _same_again(uow: UnitOfWork, agency: Agency, command: Agree) -> None:
    row = await uow.session.get(AgreementRow, (agency.code, command.edition))
    if command.edition < agency.edition or row is None or row.content != _content(command):
        raise NotPossible(
            "edition_must_rise",
            "Another agreement has this edition or a higher one. Set a higher edition in yours.",
            facts={"edition": agency.edition},
        )
    if agency.state == "removed":
        raise NotPossible("agency_removed", "The agency was removed. Join it with a higher edition.")


async def _takes_part(uow: UnitOfWork, command: Agree) -> None:
    """The same rows that every other service makes of AgencyJoined."""
    row = upsert(joined_agency).values(code=command.agency, kind=command.kind, joined_at=uow.now)
    changed = {"kind": row.excluded.kind, "removed_at": None}
    await uow.session.execute(row.on_conflict_do_update(index_elements=["code"], set_=changed))
    if is_police(command.kind):
        await revoke_consents_of(uow, command.agency)


async def suspend(uow: UnitOfWork, code: str, command: CutOff) -> Agency:
    """From this transaction on nothing goes out to the agency and nothing of it is read; what it submits waits."""
    return await _step(uow, code, "suspend", reason=command.reason)


async def resume(uow: UnitOfWork, code: str) -> Agency:
    """Answers and ends of consents that waited go out now; what happened in cases meanwhile does not."""
    agency = await _step(uow, code, "resume")
    await uow.session.flush()
    await send_what_waits(uow, code)
    return agency


async def remove(uow: UnitOfWork, code: str, command: CutOff) -> Agency:
    """The agency is no longer joined; its agreements and what went in and out stay on record."""
    agency = await _step(uow, code, "remove", reason=command.reason)
    removed = update(joined_agency).where(joined_agency.c.code == code).values(removed_at=uow.now)
    await uow.session.execute(removed)
    uow.emit(AgencyRemoved(effective_at=uow.now, agency_id=_id_of(code), agency=code))
    return agency


def _id_of(code: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:nrm:agency:{code}")


async def _step(uow: UnitOfWork, code: str, action: str, **facts: str) -> Agency:
    await lock_sharing_exclusive(uow)
    agency = await uow.session.get(Agency, code, with_for_update=True)
    if agency is None:
        raise NotFound
    agency.state = AGENCY.after(agency.state, action)
    _changed(uow, agency, action, **facts)
    return agency


def _changed(uow: UnitOfWork, agency: Agency, action: str, **facts: object) -> None:
    agency.version += 1
    agency.changed_at = uow.now
    uow.audit(action, subject=f"agency/{agency.code}", at=uow.now, facts=facts)
