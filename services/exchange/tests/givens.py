"""Scenario words of the exchange."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.inbox import Consumer
from chassis.message import Message, read
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from exchange.use_cases.submissions import handlers_of, leftover_of
from nrm_events import Envelope, Event, agency_topic, to_message
from nrm_events.identification import ConsentGranted, ConsentWithdrawn
from nrm_events.shelter import HandoverRequested, ShelterExtended
from sqlalchemy import text

OPERATOR = "himaya.operator"
BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AMC, ACU = "ngo-amc", "ngo-acu"


def at(days: float) -> datetime:
    """So many days after the story began."""
    return BEGAN + timedelta(days=days)


def an_agreement(agency: str = "vac", edition: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "event": "shelter.ShelterExtended",
        "fields": ["ends_at"],
        "purpose": "reintegration",
        "ground": "consent",
        "legal": "consent of the person",
    }
    return {
        "agency": agency,
        "title": "A title",
        "edition": edition,
        "from": "2020-01-01",
        "legal": "a memorandum",
        "may_say": ["CourseEnrolmentTold"],
        "tells": [told],
    } | more


def granted(case_id: UUID, recipient: str, days: float = 1, purpose: str = "assistance") -> ConsentGranted:
    return ConsentGranted(
        effective_at=at(days),
        case_id=case_id,
        consent_id=new_id(),
        recipient=recipient,
        purpose=purpose,
        data_class="case_reference",
    )


def withdrawn(given: ConsentGranted, days: float) -> ConsentWithdrawn:
    return ConsentWithdrawn(**given.model_dump() | {"effective_at": at(days)})


def extended(case_id: UUID, days: float = 2) -> ShelterExtended:
    return ShelterExtended(
        effective_at=at(days),
        case_id=case_id,
        stay_id=new_id(),
        extension_id=new_id(),
        ends_at=at(40),
        reason="recovery",
    )


def handed_to(agency: str, case_id: UUID, days: float = 2) -> HandoverRequested:
    return HandoverRequested(
        effective_at=at(days), case_id=case_id, handover_id=new_id(), to=agency, from_agency="mia-shelter"
    )


_OF_AGENCIES = ("AgencyJoined", "AgencyRemoved")


class Door:
    """The exchange, and agencies' systems that speak to it."""

    def __init__(self, bench: ServiceUnderTest) -> None:
        self.bench = bench
        self.operator = bench.person(OPERATOR)
        self._places: dict[str, int] = {}

    async def hears(self, *events: Event) -> list[Envelope]:
        return await self.bench.hears(*events)

    async def is_said(self, agency: str, said: Event, *, key: UUID | None = None, said_id: UUID | None = None) -> UUID:
        """The agency's system sends this on its topic; the message's id."""
        envelope = Envelope(
            id=said_id or new_id(),
            type=said.type_name(),
            source=f"/agency/{agency}",
            subject=said.subject,
            time=datetime.now(UTC),
            sequence=1,
            key=key or said.stream,
            data=said,
        )
        await self.brings(agency, *to_message(envelope))
        return envelope.id

    async def brings(self, agency: str, key: bytes | None, value: bytes | None, headers: Any) -> None:
        """Whatever the agency put on its topic."""
        place = self._places[agency] = self._places.get(agency, -1) + 1
        message: Message = read(agency_topic(agency, "in"), 0, place, key, value, headers)
        consumer = Consumer(self.bench.database, f"exchange.{agency}", (), handlers_of(agency), leftover_of(agency))
        await consumer.apply([message])

    async def told(self, agency: str) -> list[tuple[str, dict[str, Any]]]:
        """What the agency is told, in order: (name, payload)."""
        return [(name, data) for topic, name, data, _ in await self._sent() if topic == agency_topic(agency, "out")]

    async def passed_on(self) -> list[tuple[str, dict[str, Any]]]:
        """What services are told of cases and submissions, in order."""
        return [told for told in await self._told_services() if told[0] not in _OF_AGENCIES]

    async def agencies_told(self) -> list[tuple[str, dict[str, Any]]]:
        """What services are told of agencies, in order."""
        return [told for told in await self._told_services() if told[0] in _OF_AGENCIES]

    async def _told_services(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, data) for topic, name, data, _ in await self._sent() if topic == "nrm.exchange"]

    async def headers(self, agency: str) -> list[dict[str, str]]:
        return [headers for topic, _, _, headers in await self._sent() if topic == agency_topic(agency, "out")]

    async def _sent(self) -> list[tuple[str, str, dict[str, Any], dict[str, str]]]:
        async with self.bench.session() as session:
            rows = await session.execute(text("select topic, headers, value from outbox order by id"))
            return [
                (row.topic, dict(row.headers)["ce_type"].split(".")[2], json.loads(row.value), dict(row.headers))
                for row in rows
            ]

    async def parked(self) -> int:
        async with self.bench.session() as session:
            return int(await session.scalar(text("select count(*) from parked_event")) or 0)

    async def acts(self, agency: str, act: str, /, **body: Any) -> dict[str, Any]:
        """The operator does this to the agency."""
        return await self.operator.post_ok(f"/api/agencies/{agency}/{act}", body)

    async def shows(self, agency: str) -> dict[str, Any]:
        return await self.operator.get_ok(f"/api/agencies/{agency}")
