"""An agency's system is joined, cut off, let in again, or removed; each agreement is kept (docs/adr/0018)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from chassis import audit
from chassis.actor import Actor, system
from chassis.errors import Fault, Invalid, NotFound, NotPossible
from chassis.outbox import emit
from nrm_events import EVENTS, Event
from nrm_events.base import CaseEvent
from nrm_events.exchange import AgencyJoined, AgencyRemoved
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.domain.agreements import AGENCY, POLICE
from exchange.schemas import AgreementBody, AgreementChecked, LineBody
from exchange.tables import Agency, AgreementRow
from exchange.use_cases.telling import nobody_is_told, tell_what_waits

_INSIDE = {"ConsentWithdrawalAcknowledged", "SubmissionAnswered"}
SHAREABLE: dict[str, type[Event]] = {
    f"{event.service}.{event.__name__}": event
    for event in EVENTS.values()
    if issubclass(event, CaseEvent) and event.service not in ("notify", "exchange") and event.__name__ not in _INSIDE
}
"""Events of a case that an agreement may name."""


async def agree(session: AsyncSession, who: Actor, given: AgreementBody, now: datetime) -> Agency:
    """Join an agency, or let a newer agreement hold. The same one again changes nothing."""
    _refuse_faults(given)
    content = given.model_dump(mode="json", by_alias=True)
    await nobody_is_told(session)
    agency = await session.get(Agency, given.agency, with_for_update=True)
    if agency is None:
        agency = Agency(code=given.agency, state=AGENCY.start, edition=0, joined_at=now, changed_at=now, version=0)
        session.add(agency)
        await session.flush()
    if given.edition <= agency.edition:
        await _same_again(session, agency, given.edition, content)
        return agency
    session.add(AgreementRow(agency=agency.code, edition=given.edition, content=content, given_at=now))
    agency.edition = given.edition
    if agency.state == "removed":
        agency.state = AGENCY.after(agency.state, "rejoin")
    _changed(session, who, agency, "agree", now, edition=given.edition)
    emit(session, AgencyJoined(effective_at=now, agency_id=_id_of(agency.code), agency=agency.code))
    return agency


async def check(session: AsyncSession, given: AgreementBody) -> AgreementChecked:
    """Whether `agree` would take it now: raises what that would raise, and changes nothing."""
    _refuse_faults(given)
    agency = await session.get(Agency, given.agency)
    if agency is None:
        return AgreementChecked(state=None, holds=False)
    again = given.edition <= agency.edition
    if again:
        await _same_again(session, agency, given.edition, given.model_dump(mode="json", by_alias=True))
    return AgreementChecked(state=agency.state, holds=again)


def _refuse_faults(given: AgreementBody) -> None:
    if faults := list(_faults(given)):
        raise Invalid(
            "invalid_agreement", "The agreement names what cannot be told; nothing was changed.", faults=faults
        )


async def _same_again(session: AsyncSession, agency: Agency, edition: int, content: dict[str, Any]) -> None:
    held = await session.get(AgreementRow, (agency.code, edition))
    if edition < agency.edition or held is None or held.content != content:
        raise NotPossible(
            "edition_must_rise",
            "Another agreement has this edition or a higher one. Give yours a higher edition.",
            facts={"edition": agency.edition},
        )
    if agency.state == "removed":
        raise NotPossible("agency_removed", "The agency was removed. Join it with a higher edition.")


def _faults(given: AgreementBody) -> Iterator[Fault]:
    for number, line in enumerate(given.tells):
        yield from _faults_of(given.agency, line, f"body.tells.{number}")
    if given.until and given.until <= given.since:
        yield Fault("body.until", "before_from", "must come after `from`")


def _faults_of(agency: str, line: LineBody, where: str) -> Iterator[Fault]:
    event = SHAREABLE.get(line.event)
    if event is None:
        yield Fault(f"{where}.event", "unknown_event", "is no event of a case that can be told")
        return
    known = event.model_fields.keys() - {"case_id", "effective_at"}
    yield from (Fault(f"{where}.fields", "unknown_field", name) for name in line.fields if name not in known)
    if line.ground == "addressed" and line.field not in known:
        yield Fault(f"{where}.field", "unknown_field", "names the field of the event that says whom it is for")
    if line.ground == "consent" and agency.startswith(POLICE):
        yield Fault(f"{where}.ground", "police_by_handover", "police learn of a case by the hand-over alone (ID-7)")


async def suspend(session: AsyncSession, who: Actor, code: str, reason: str, now: datetime) -> Agency:
    """From this transaction on nothing is told to the agency and nothing of it is heard; what it says waits."""
    return await _step(session, who, code, "suspend", now, reason=reason)


async def resume(session: AsyncSession, who: Actor, code: str, now: datetime) -> Agency:
    """Answers and withdrawals that waited are told now; what happened in cases meanwhile is not."""
    agency = await _step(session, who, code, "resume", now)
    await tell_what_waits(session, code, now)
    return agency


async def remove(session: AsyncSession, who: Actor, code: str, reason: str, now: datetime) -> Agency:
    """The agency is no longer joined; what was agreed, said and told stays on record."""
    agency = await _step(session, who, code, "remove", now, reason=reason)
    emit(session, AgencyRemoved(effective_at=now, agency_id=_id_of(code), agency=code))
    return agency


def _id_of(code: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:nrm:agency:{code}")


async def _step(session: AsyncSession, who: Actor, code: str, action: str, now: datetime, **facts: str) -> Agency:
    await nobody_is_told(session)
    agency = await session.get(Agency, code, with_for_update=True)
    if agency is None:
        raise NotFound
    agency.state = AGENCY.after(agency.state, action)
    _changed(session, who, agency, action, now, **facts)
    return agency


def _changed(session: AsyncSession, who: Actor, agency: Agency, action: str, now: datetime, **facts: Any) -> None:
    agency.version += 1
    agency.changed_at = now
    audit.record(session, who, action, subject=f"agency/{agency.code}", effective_at=now, facts=facts)


def read_agreements(folder: Path) -> list[AgreementBody]:
    """The agreements of a folder; pydantic's error names the field that is wrong."""
    return [
        AgreementBody.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.yaml"))
    ]


async def seed(session: AsyncSession, agreements: Sequence[AgreementBody], now: datetime) -> None:
    """Agencies that are there from the start; one that is known stays as it is."""
    known = set(await session.scalars(select(Agency.code)))
    for given in agreements:
        if given.agency not in known:
            await agree(session, system("exchange"), given, now)
