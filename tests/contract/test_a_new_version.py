"""While a service is rolled out both versions of its event are on the wire; consumers see one, once, in order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from chassis.message import Message, read
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from nrm_events import Envelope, Event, earlier, identification, shelter, to_message
from sqlalchemy import text

from ..conftest import SERVICES, settings_of

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def notify() -> AsyncIterator[ServiceUnderTest]:
    """It keeps the clock of a stay, which ends when the person has left (NO-3)."""
    databases = Databases(Stack.running(), SERVICES["notify"])
    databases.prepare()
    async with bench(SERVICES["notify"], databases, **settings_of(Stack.running(), "notify")) as made:
        yield made


def on_the_wire(*events: Event) -> list[Message]:
    """Bytes and headers as each event's own version writes them, numbered per case in this order."""
    return [_message(event, place) for place, event in enumerate(events, 1)]


def _message(event: Event, place: int) -> Message:
    envelope = Envelope(
        id=new_id(),
        type=event.type_name(),
        source=f"/nrm/{event.service}",
        subject=event.subject,
        time=NOON,
        sequence=place,
        key=event.stream,
        data=event,
    )
    return read(Message(event.topic(), 0, place, *to_message(envelope)))


def a_stay(case: UUID, stay: UUID) -> list[Event]:
    about: dict[str, Any] = {"effective_at": NOON, "case_id": case}
    end = {"operator": "ngo-acu", "ends_at": NOON + timedelta(days=30)}
    facts = {"age_group": "adult", "citizenship": "citizen", "holder": "ngo-acu", "report_id": case}
    return [identification.CaseOpened(**about, **facts), shelter.ShelterAdmitted(**about, stay_id=stay, **end)]


async def clocks(bench: ServiceUnderTest) -> dict[UUID, str]:
    """Case → state of its clock."""
    async with bench.session() as session:
        rows = await session.execute(text("select case_id, state from clock where kind = 'stay'"))
        return {row.case_id: row.state for row in rows}


async def test_a_consumer_understands_both_versions_alike(notify: ServiceUnderTest) -> None:
    """NO-3: the clock of the stay ends, whichever version told that the person left."""
    old, new = new_id(), new_id()
    left = {"effective_at": NOON + timedelta(days=1), "how": "left"}
    await notify.consumer.apply(
        on_the_wire(
            *a_stay(old, old),
            *a_stay(new, new),
            earlier.ShelterLeft(case_id=old, stay_id=old, to=None, **left),
            shelter.ShelterLeft(case_id=new, stay_id=new, to="not_told", **left),
        )
    )
    assert await clocks(notify) == {old: "met", new: "met"}


async def test_the_inbox_knows_an_earlier_version_by_its_id(notify: ServiceUnderTest) -> None:
    case = new_id()
    gone = earlier.ShelterLeft(effective_at=NOON, case_id=case, stay_id=case, how="left", to="vac")
    messages = on_the_wire(*a_stay(case, case), gone)
    await notify.consumer.apply(messages)
    await notify.consumer.apply(messages[2:])
    async with notify.session() as session:
        ids = set(await session.scalars(text("select event_id from inbox")))
        parked = await session.scalar(text("select count(*) from parked_event"))
    assert dict(messages[2].headers)["ce_type"] == b"nrm.shelter.ShelterLeft.v1"
    assert {str(event_id).encode() for event_id in ids} == {dict(message.headers)["ce_id"] for message in messages}
    assert parked == 0


async def test_an_earlier_version_waits_its_turn_in_a_parked_case(notify: ServiceUnderTest) -> None:
    """The case is parked by what went before; replayed in order, the earlier version is read as the newest again."""
    case = new_id()
    gone = earlier.ShelterLeft(effective_at=NOON, case_id=case, stay_id=case, how="left", to="vac")
    opened, admitted, left = on_the_wire(*a_stay(case, case), gone)
    unknown = [(n, b"nrm.shelter.Sang.v1" if n == "ce_type" else content) for n, content in admitted.headers]
    broken = read(Message(admitted.topic, 0, 9, admitted.key, admitted.value, unknown))
    await notify.consumer.apply([opened, broken, left])
    async with notify.session() as session:
        assert await session.scalar(text("select count(*) from parked_event")) == 2
        known = "replace(headers::text, 'Sang', 'ShelterAdmitted')::jsonb"  # as if the type were known by now
        await session.execute(text(f"update parked_event set headers = {known}"))  # noqa: S608  our own words
    assert await notify.consumer.retry_parked(NOON, stream=case) == 2
    assert await clocks(notify) == {case: "met"}
