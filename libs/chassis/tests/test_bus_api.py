"""What an operator sees of the bus and does about parked cases: replay in order, discard the one that failed."""

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.message import Message, read
from chassis.testing import Person, ServiceUnderTest
from nrm_events import Envelope, to_message

from .givens import queued, received, rows
from .noticeboard.app import POISON, Health

MUCH_LATER = datetime.now(UTC) + timedelta(days=400)
PLANTED = "Gülşənqızı"


@pytest.fixture
def operator(own_board: ServiceUnderTest) -> Person:
    return own_board.person("himaya.operator")


async def _unreadable(board: ServiceUnderTest, case_id: UUID, start: int = 0, **change: bytes) -> Envelope:
    """A message whose type nobody knows comes, and one after it."""
    envelope, later = board.envelope(queued(case_id)), board.envelope(queued(case_id))
    messages = []
    for place, one in enumerate((envelope, later), start):
        key, value, headers = to_message(one)
        named = dict(headers) | (change if one is envelope else {})
        messages.append(read(Message("nrm.notify", 0, place, key, value, list(named.items()))))
    await board.consumer.apply(messages)
    return later


async def _acts(board: ServiceUnderTest, case_id: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    found = await rows(
        board, "select action, role, facts from audit_entry where case_id = :c order by recorded_at", c=case_id
    )
    return [(row.action, row.role, row.facts) for row in found]


async def test_the_bus_of_a_service_at_a_glance(own_board: ServiceUnderTest, operator: Person) -> None:
    sick = uuid4()
    await own_board.receives(queued(sick), queued(sick, POISON), queued(sick), queued(uuid4()))
    seen = await operator.get_ok("/api/bus")
    assert (seen["service"], seen["hears"]) == ("notify", ["nrm.notify"])
    assert (seen["parked_cases"], seen["parked_events"]) == (1, 2)
    assert seen["outbox_waiting"] == 1, "the dead letter"
    assert seen["relay_leads_since"] is None
    assert seen["parked_tries"] == 3
    assert (seen["version"], seen["events_version"]) == (version("himaya-chassis"), version("himaya-events"))


async def test_parked_cases_are_listed_by_page_and_shown_with_what_is_in_them(
    own_board: ServiceUnderTest, operator: Person
) -> None:
    cases = [uuid4() for _ in range(3)]
    envelopes = [await own_board.receives(queued(c, POISON), queued(c)) for c in cases]
    first = await operator.get_ok("/api/bus/parked", limit=2)
    rest = await operator.get_ok("/api/bus/parked", limit=2, after=first["next"])
    assert [item["stream"] for item in first["items"] + rest["items"]] == [str(c) for c in cases]
    assert rest["next"] is None
    item = first["items"][0]
    assert (item["events"], item["error_code"], item["attempts"]) == (2, "failed_RuntimeError", 3)
    assert item["event_type"] == "nrm.notify.NotificationQueued.v1"
    shown = (await operator.get_ok(f"/api/bus/parked/{cases[0]}"))["items"]
    assert [event["event_id"] for event in shown] == [str(e.id) for e in envelopes[0]]
    assert shown[0]["data"]["template"] == POISON
    assert await _acts(own_board, cases[0]) == [("see_parked", "operator", {})]
    assert (await operator.get(f"/api/bus/parked/{uuid4()}")).status_code == 404


async def test_a_replay_is_tried_at_once_and_in_order(own_board: ServiceUnderTest, operator: Person) -> None:
    sick, other = uuid4(), uuid4()
    envelopes = await own_board.receives(queued(sick, POISON), queued(sick), queued(other, POISON))
    Health.healed = True
    assert await own_board.consumer.retry_parked(datetime.now(UTC)) == 0, "the pause is not over"
    assert await operator.post_ok("/api/bus/replay", {"stream": str(sick)}) == {"cases": 1}
    assert await own_board.consumer.retry_parked(datetime.now(UTC)) == 2
    assert await received(own_board) == [str(e.id) for e in envelopes[:2]]
    assert await operator.post_ok("/api/bus/replay", {"error_code": "failed_RuntimeError"}) == {"cases": 1}
    assert await own_board.consumer.retry_parked(datetime.now(UTC)) == 1
    assert await _acts(own_board, other) == [("replay_parked", "operator", {})]


async def test_what_is_no_event_waits_for_a_person(own_board: ServiceUnderTest, operator: Person) -> None:
    """It cannot heal by itself; after a new version has come, a replay tries it."""
    case_id = uuid4()
    await _unreadable(own_board, case_id, ce_time=b"yesterday")
    assert await own_board.consumer.retry_parked(MUCH_LATER) == 0
    (item,) = (await operator.get_ok("/api/bus/parked"))["items"]
    assert (item["error_code"], item["attempts"], item["next_attempt_at"]) == ("header_malformed", 3, None)
    await operator.post_ok("/api/bus/replay", {"error_code": "header_malformed"})
    await own_board.consumer.retry_parked(datetime.now(UTC))
    (item,) = (await operator.get_ok("/api/bus/parked"))["items"]
    assert (item["attempts"], item["next_attempt_at"]) == (4, None)


async def test_a_type_of_the_next_version_is_known_after_it_came(own_board: ServiceUnderTest, operator: Person) -> None:
    """Its case waits, and goes on by itself; a type that the new version does not use is passed over then."""
    used, unused = uuid4(), uuid4()
    used_later = await _unreadable(own_board, used, ce_type=b"nrm.notify.Sang.v1")
    unused_later = await _unreadable(own_board, unused, start=2, ce_type=b"nrm.notify.Sang.v1")
    assert await received(own_board) == []
    rename = """update parked_event set headers = (replace(headers::text, 'nrm.notify.Sang.v1', :known))::jsonb
                where stream = :s returning 1"""
    await rows(own_board, rename, known="nrm.notify.NotificationQueued.v1", s=used)
    await rows(own_board, rename, known="nrm.notify.NotificationDelivered.v1", s=unused)
    await own_board.consumer.retry_parked(MUCH_LATER)
    assert len(await received(own_board, used)) == 2
    assert await received(own_board, unused) == [str(unused_later.id)]
    assert str(used_later.id) in await received(own_board, used)
    assert (await operator.get_ok("/api/bus/parked"))["items"] == []


async def test_the_event_that_failed_can_be_given_up_with_a_reason_and_the_next_moves_up(
    own_board: ServiceUnderTest, operator: Person
) -> None:
    case_id = uuid4()
    later = await _unreadable(own_board, case_id, ce_id=b"7")
    (item,) = (await operator.get_ok("/api/bus/parked"))["items"]
    address, body = f"/api/bus/parked/{case_id}/discard", {"first": item["first"], "reason": "sent_in_error"}
    key = uuid4().hex
    assert await operator.post_ok(address, body, key=key) == await operator.post_ok(address, body, key=key)
    again = await operator.post(address, body)
    assert (again.status_code, again.json()["code"]) == (409, "not_the_first")
    assert await own_board.consumer.retry_parked(datetime.now(UTC)) == 1
    assert await received(own_board) == [str(later.id)]
    (act,) = [act for act in await _acts(own_board, case_id) if act[0] == "discard_parked"][:1]
    place = {"event_id": None, "place": "nrm.notify/0@0"}
    assert act[2] == place | {"error_code": "header_malformed", "reason": "sent_in_error"}
    assert (await operator.post(address, body)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_of_both"),
        ({"stream": str(uuid4()), "error_code": "unknown_type"}, "one_of_both"),
        ({"stream": PLANTED}, "invalid_request"),
        ({"error_code": PLANTED}, "invalid_request"),
        ({"everything": True}, "invalid_request"),
    ],
)
async def test_a_replay_says_what_it_is_of(own_board: ServiceUnderTest, operator: Person, body: Any, code: str) -> None:
    answer = await operator.post("/api/bus/replay", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert PLANTED not in answer.text


async def test_a_reason_is_a_code(own_board: ServiceUnderTest, operator: Person) -> None:
    answer = await operator.post(f"/api/bus/parked/{uuid4()}/discard", {"first": 1, "reason": PLANTED})
    assert answer.status_code == 422
    assert PLANTED not in answer.text
