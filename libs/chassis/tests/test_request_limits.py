"""Bad input is refused with a code before anything is done, and no answer repeats what was typed."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis import app
from chassis.testing import ServiceUnderTest, person_token

from .givens import CASEWORKER, a_notice, bring_database_back, queued, take_database_away
from .noticeboard.app import POISON, SERVICE, NoticeGiven

PLANTED = "Gülşənqızı"


async def _send(board: ServiceUnderTest, body: Any, **headers: str) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {person_token(CASEWORKER)}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return await board.http.post("/api/notices", content=body, headers=headers)


def _is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["type"] == f"urn:nrm:problem:{code}"


async def test_too_much_is_refused_by_its_length(board: ServiceUnderTest) -> None:
    _is_problem(await _send(board, b"[" + b" " * board.settings.max_body_bytes), 413, "body_too_large")
    for length in ("many", "-1", "9" * 30, "9" * 5_000):
        _is_problem(await _send(board, b"{}", Content_Length=length), 413, "body_too_large")


async def test_too_much_is_refused_while_it_comes(board: ServiceUnderTest) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 16_384

    _is_problem(await _send(board, endless()), 413, "body_too_large")
    assert sent < 40


@pytest.mark.parametrize(
    "media",
    [
        *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"),
        *("application/json; charset=utf-16", "application/json; charset=utf-8; x=y", "application/json;charset"),
    ],
)
async def test_only_json_is_read(board: ServiceUnderTest, media: str) -> None:
    _is_problem(await _send(board, b"{}", Content_Type=media), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\x00",
        b"Rumplestiltskin",
        b'{"case_id": "\xff"}',
        b'{"amount": ' + b"9" * 5_000 + b"}",
        b'{"marks": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"note": "\\u00e4", "marks": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"marks": ' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"amount": NaN}',
        b'{"amount": -Infinity}',
        b'{"amount": 1e400}',
        '{"note": "x"}'.encode("utf-16"),
        '{"note": "x"}'.encode("utf-8-sig"),
        '{"note": "ə"}'.encode("utf-16-le"),
    ],
    ids=[
        *("cut", "empty", "nul", "word", "no utf-8", "number of 5,000 digits", "deep", "deep and escaped", "33 deep"),
        *("not a number", "infinite", "more than a float", "utf-16", "byte order mark", "utf-16 without a mark"),
    ],
)
async def test_what_is_no_json_is_malformed(board: ServiceUnderTest, body: bytes) -> None:
    answer = await _send(board, body)
    if body == b"":
        _is_problem(answer, 422, "invalid_request")
    else:
        _is_problem(answer, 400, "malformed_json")


async def test_a_key_that_stands_twice_is_refused_wherever_it_stands(board: ServiceUnderTest) -> None:
    """Of two parsers one may take the first and one the last."""
    for body in ('{"note": 1, "note": 1}', '{"marks": {"a": {"b": 1, "b": 2}}}', '[{"x": [{"y": 1, "\\u0079": 1}]}]'):
        _is_problem(await _send(board, body.encode()), 400, "duplicate_key")


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ('"a\\u0000b"', "nul_character"),
        ('"\\ud800"', "broken_character"),
        ('"\\udc00\\ud800"', "broken_character"),
    ],
)
async def test_characters_that_no_text_may_hold_are_refused_wherever_they_stand(
    board: ServiceUnderTest, note: str, code: str
) -> None:
    for where in ('{"note": %s}', "{%s: 1}", '{"marks": {"deep": [{"x": %s}]}}', '{"marks": {%s: 1}}'):
        _is_problem(await _send(board, (where % note).encode()), 400, code)
    assert (await _send(board, json.dumps(a_notice(note="😀 əlifba")).encode())).status_code == 201


async def test_nul_in_an_address_is_refused(board: ServiceUnderTest) -> None:
    for address in ("/api/notices/%00", "/api/notices?after=%00"):
        _is_problem(await board.http.get(address), 400, "nul_character")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 10**30},
        {"amount": 2**63},
        {"amount": -(2**63) - 1},
        {"amount": "NaN"},
        {"happened_at": "2024-03-04T10:00:00"},
        {"happened_at": "9999-12-31T23:59:59+00:00"},
        {"happened_at": "0001-01-01T00:00:00+00:00"},
        {"happened_at": 10**18},
        {"note": "x" * 2_001},
        {"places": [0] * 51},
        {"case_id": "7"},
        {"template": "Two Words"},
        {"marks": []},
        {"more": 1},
    ],
    ids=str,
)
async def test_a_value_that_cannot_be_is_refused_with_its_field(
    board: ServiceUnderTest, change: dict[str, Any]
) -> None:
    answer = await _send(board, json.dumps(a_notice(**change)).encode())
    code = answer.json()["code"]
    assert (answer.status_code, code) in ((422, "invalid_request"), (422, "value_out_of_range")), answer.text
    if code == "invalid_request":
        assert [fault["where"] for fault in answer.json()["faults"]] == [f"body.{next(iter(change))}"]


async def test_an_act_in_the_future_is_refused(board: ServiceUnderTest) -> None:
    _is_problem(
        await _send(board, json.dumps(a_notice(happened_at="2199-01-01T00:00:00Z")).encode()), 422, "in_the_future"
    )


async def test_no_problem_repeats_what_was_typed(board: ServiceUnderTest) -> None:
    """In any field, in a list, as a key, in the address, in a header."""
    values: list[Any] = [PLANTED, [PLANTED], {PLANTED: PLANTED}, f"{PLANTED} {'x' * 2_100}"]
    answers = [
        await _send(board, json.dumps(a_notice(**{field: value}), ensure_ascii=False).encode())
        for field in NoticeGiven.model_fields
        for value in values
        if not (field == "note" and value == PLANTED) and not (field == "marks" and isinstance(value, dict))
    ]
    answers += [
        await _send(board, json.dumps(a_notice(**{PLANTED: 1}), ensure_ascii=False).encode()),
        await _send(board, json.dumps(PLANTED, ensure_ascii=False).encode()),
        await _send(board, b"{}", Idempotency_Key="k k " + PLANTED.encode("ascii", "replace").decode()),
        await board.http.get(f"/api/{PLANTED}"),
        await board.person(CASEWORKER).get(f"/api/notices/{PLANTED}"),
        await board.person(CASEWORKER).get("/api/notices", after=PLANTED, limit=PLANTED),
    ]
    for answer in answers:
        assert answer.status_code in (400, 404, 422), answer.text
        assert "Gül" not in json.dumps(answer.json(), ensure_ascii=False)


async def test_thousands_of_faults_are_told_as_fifty(board: ServiceUnderTest) -> None:
    answer = await _send(board, json.dumps(a_notice(**{f"more_{n}": n for n in range(1_000)})).encode())
    assert len(answer.json()["faults"]) == 50


async def test_what_goes_wrong_here_is_told_without_its_words(board: ServiceUnderTest) -> None:
    answer = await board.person("himaya.operator").post("/api/stumbles", a_notice(note=PLANTED))
    _is_problem(answer, 500, "internal_error")
    assert "Gül" not in answer.text


async def test_unknown_addresses_and_methods_are_problems_too(board: ServiceUnderTest) -> None:
    _is_problem(await board.http.get("/nowhere"), 404, "no_such_address")
    _is_problem(await board.http.delete("/api/notices"), 405, "method_not_allowed")


async def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(board: ServiceUnderTest) -> None:
    for answer in (await board.http.get("/healthz"), await board.http.get("/nowhere"), await _send(board, b"{")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers


async def test_with_the_database_away_it_says_so_and_nothing_is_changed(own_board: ServiceUnderTest) -> None:
    person, notice = own_board.person(CASEWORKER), a_notice()
    await person.get_ok("/api/notices")
    take_database_away(own_board)
    for _ in range(2):
        _is_problem(await person.get("/api/notices"), 503, "temporarily_unavailable")
        _is_problem(await person.post("/api/notices", notice), 503, "temporarily_unavailable")
    ready = await own_board.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": "away", "sign_in": "ready", "bus": "ready"})
    assert (await own_board.http.get("/healthz")).status_code == 200
    bring_database_back(own_board)
    assert (await person.post("/api/notices", notice)).status_code == 201
    assert (await own_board.http.get("/readyz")).status_code == 200


async def test_a_part_that_is_away_is_named(board: ServiceUnderTest) -> None:
    """Sign-in away: no request can be answered. The bus away: events wait in the outbox, and people go on."""
    lost = board.settings.model_copy(update={"issuer": "http://127.0.0.1:9/realms/nrm", "kafka": "127.0.0.1:9"})
    application = app.build(SERVICE, lost, board.database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as http:
        ready = await http.get("/readyz")
        refused = await http.get("/api/notices", headers={"Authorization": "Bearer x.y.z"})
    assert (ready.status_code, ready.json()) == (503, {"database": "ready", "sign_in": "away", "bus": "away"})
    _is_problem(refused, 503, "sign_in_unavailable")


async def test_metrics_are_for_operators_alone(own_board: ServiceUnderTest) -> None:
    """They count what waits and what is parked, hidden cases too: nothing of it on the port of the requests."""
    case_id = uuid4()
    await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    await own_board.receives(queued(case_id, POISON), queued(case_id))
    _is_problem(await own_board.http.get("/metrics"), 404, "no_such_address")
    watched = httpx.ASGITransport(app.for_operators(SERVICE, own_board.settings, own_board.database))
    async with httpx.AsyncClient(transport=watched, base_url="http://test") as operators:
        lines = (await operators.get("/metrics")).text.splitlines()
    assert "nrm_outbox_depth 2.0" in lines, "the notice and the dead letter"
    assert "nrm_parked_events 2.0" in lines
    assert any(line.startswith('nrm_http_request_seconds_count{action="put_up_notice",status="201"}') for line in lines)
    assert not any(str(case_id) in line for line in lines)
