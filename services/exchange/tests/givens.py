"""Scenario words of the exchange."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.clock import new_id
from chassis.message import Message, read
from chassis.testing import ServiceUnderTest
from exchange.agency_consumers import consumer_of
from exchange.app import SERVICE
from nrm_events import Envelope, Event, agency_topic, to_message
from nrm_events.identification import CaseOpened, ConsentGranted, ConsentWithdrawn, VictimReferred
from nrm_events.repatriation import RemovalBarNoticed
from nrm_events.shelter import (
    AssistanceGiven,
    HandoverAcknowledged,
    HandoverRequested,
    ShelterAdmitted,
    ShelterExtended,
)
from sqlalchemy import text

OPERATOR = "himaya.operator"
BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AMC, ACU, POLICE = "ngo-amc", "ngo-acu", "mia-special"


def at(days: float) -> datetime:
    """So many days after the story began."""
    return BEGAN + timedelta(days=days)


def a_line(event: str = "shelter.AssistanceGiven", *fields: str, **more: Any) -> dict[str, Any]:
    """Without more: by the person's consent for assistance."""
    ground = {} if "ground" in more else {"ground": "consent", "purpose": "assistance"}
    return {"event": event, "fields": list(fields), "legal": "a law"} | ground | more


def an_agreement(agency: str = "iom-baku", kind: str | None = "international", **more: Any) -> dict[str, Any]:
    """An agency that nobody knew before. None as a value leaves the key out."""
    agreement = {
        "agency": agency,
        "title": "A title",
        "kind": kind,
        "edition": 1,
        "from": "2020-01-01",
        "legal": "a memorandum",
        "may_say": ["CourseEnrolmentTold", "WithdrawalAcknowledged"],
        "tells": [a_line("shelter.AssistanceGiven", "kind")],
    } | more
    return {key: value for key, value in agreement.items() if value is not None}


def opened(case_id: UUID, holder: str = "ngo-clean-world", days: float = 0, age_group: str = "adult") -> CaseOpened:
    return CaseOpened(
        effective_at=at(days),
        case_id=case_id,
        report_id=new_id(),
        holder=holder,
        age_group=age_group,
        citizenship="foreign",
    )


def granted(
    case_id: UUID, recipient: str, days: float = 1, purpose: str = "assistance", data_class: str = "needs"
) -> ConsentGranted:
    return ConsentGranted(
        effective_at=at(days),
        case_id=case_id,
        consent_id=new_id(),
        recipient=recipient,
        purpose=purpose,
        data_class=data_class,
    )


def withdrawn(consent: ConsentGranted, days: float) -> ConsentWithdrawn:
    return ConsentWithdrawn(**consent.model_dump() | {"effective_at": at(days)})


def handed_over(case_id: UUID, to: str = POLICE, days: float = 1) -> VictimReferred:
    return VictimReferred(
        effective_at=at(days), case_id=case_id, referral_id=new_id(), to=to, reported_at=at(0), due_at=at(1)
    )


def admitted(case_id: UUID, operator: str, stay_id: UUID, days: float = 1) -> ShelterAdmitted:
    return ShelterAdmitted(effective_at=at(days), case_id=case_id, stay_id=stay_id, operator=operator, ends_at=at(31))


def extended(case_id: UUID, days: float = 2, stay_id: UUID | None = None) -> ShelterExtended:
    return ShelterExtended(
        effective_at=at(days),
        case_id=case_id,
        stay_id=stay_id or new_id(),
        extension_id=new_id(),
        ends_at=at(40),
        reason="recovery",
    )


def assisted(case_id: UUID, days: float = 2, *, kind: str = "social", agency: str = "vac") -> AssistanceGiven:
    """Care of this kind, by this agency."""
    return AssistanceGiven(effective_at=at(days), case_id=case_id, assistance_id=new_id(), kind=kind, agency=agency)


def support_requested(agency: str, case_id: UUID, days: float = 2) -> HandoverRequested:
    return HandoverRequested(
        effective_at=at(days), case_id=case_id, handover_id=new_id(), to=agency, from_agency="mia-shelter"
    )


def support_taken(requested: HandoverRequested, days: float) -> HandoverAcknowledged:
    return HandoverAcknowledged(
        effective_at=at(days), case_id=requested.case_id, handover_id=requested.handover_id, to=requested.to
    )


def noticed(
    case_id: UUID, agency: str, days: float = 2, *, bar_id: UUID | None = None, stands: bool = True
) -> RemovalBarNoticed:
    return RemovalBarNoticed(
        effective_at=at(days), case_id=case_id, bar_id=bar_id or new_id(), until=at(365), told=agency, stands=stands
    )


_OF_AGENCIES = ("AgencyJoined", "AgencyRemoved")
Sent = tuple[str, dict[str, Any]]


class Door:
    """The exchange, and agencies' systems on either side of it."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.operator = service.person(OPERATOR)
        self._places: dict[str, int] = {}

    async def receives(self, *events: Event) -> list[Envelope]:
        """What the services publish, in one poll."""
        return await self.service.receives(*events)

    async def submits(
        self, agency: str, message: Event, *, key: UUID | None = None, message_id: UUID | None = None
    ) -> UUID:
        """The agency's system sends this on its topic; the message's id."""
        envelope = Envelope(
            id=message_id or new_id(),
            type=message.type_name(),
            source=f"/agency/{agency}",
            subject=message.subject,
            time=datetime.now(UTC),
            sequence=1,
            key=key or message.stream,
            data=message,
        )
        await self.puts(agency, *to_message(envelope))
        return envelope.id

    async def puts(self, agency: str, key: bytes | None, value: bytes | None, headers: Any) -> None:
        """Whatever the agency wrote on its topic."""
        place = self._places[agency] = self._places.get(agency, -1) + 1
        message = read(Message(agency_topic(agency, "in"), 0, place, key, value, headers))
        await consumer_of(SERVICE, self.service.database, agency).apply([message])

    async def sent_to(self, agency: str) -> list[Sent]:
        """What went out to the agency, in order: (name, payload)."""
        return [(name, data) for topic, name, data, _ in await self._sent() if topic == agency_topic(agency, "out")]

    async def shared_with(self, agency: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Events of cases that went out to the agency: (event, what it rests on, fields)."""
        return [
            (data["event"].removeprefix("nrm.").removesuffix(".v1"), data["purpose"], data["fields"])
            for name, data in await self.sent_to(agency)
            if name == "EventShared"
        ]

    async def outbound_topics(self) -> set[str]:
        """Agencies' topics on which anything went out."""
        return {topic for topic, _, _, _ in await self._sent() if topic.startswith("ext.")}

    async def published(self) -> list[Sent]:
        """What the services receive about cases and submissions, in order."""
        return [event for event in await self._published() if event[0] not in _OF_AGENCIES]

    async def published_of(self, agency: str) -> list[Sent]:
        """What the services receive about who takes part, of one agency."""
        return [
            (name, data) for name, data in await self._published() if name in _OF_AGENCIES and data["agency"] == agency
        ]

    async def _published(self) -> list[Sent]:
        return [(name, data) for topic, name, data, _ in await self._sent() if topic == "nrm.exchange"]

    async def headers(self, agency: str) -> list[dict[str, str]]:
        return [headers for topic, _, _, headers in await self._sent() if topic == agency_topic(agency, "out")]

    async def _sent(self) -> list[tuple[str, str, dict[str, Any], dict[str, str]]]:
        async with self.service.session() as session:
            rows = await session.execute(text("select topic, headers, value from outbox order by id"))
            return [
                (row.topic, dict(row.headers)["ce_type"].split(".")[2], json.loads(row.value), dict(row.headers))
                for row in rows
            ]

    async def count(self, table: str) -> int:
        async with self.service.session() as session:
            return int(await session.scalar(text(f"select count(*) from {table}")) or 0)  # noqa: S608  a test's own

    async def acts(self, agency: str, act: str, /, **body: Any) -> dict[str, Any]:
        """The operator does this to the agency."""
        return await self.operator.post_ok(f"/api/agencies/{agency}/{act}", body)

    async def joins(self, agency: str = "iom-baku", kind: str = "international", **more: Any) -> dict[str, Any]:
        return await self.acts(agency, "agreement", **an_agreement(agency, kind, **more))

    async def refuses(self, agreement: dict[str, Any]) -> list[tuple[str, str, str]]:
        """The faults for which the agreement is refused: where, code, sentence."""
        answer = await self.operator.post(f"/api/agencies/{agreement['agency']}/agreement", agreement)
        assert answer.status_code == 422, answer.text
        return [(fault["where"], fault["code"], fault["message"]) for fault in answer.json()["faults"]]

    async def shows(self, agency: str) -> dict[str, Any]:
        return await self.operator.get_ok(f"/api/agencies/{agency}")
