"""What was answered before is not answered again from an Idempotency-Key after role, access or agency ended (ID-7)."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.actor import Actor
from chassis.testing import Person, ServiceUnderTest
from sqlalchemy import text

from .givens import SOMEBODY, a_notice, rows


class SignedIn:
    """Stands for the realm: whoever asks is this actor, whose roles and agency a test changes."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    async def verify(self, token: str) -> Actor:
        return self.actor

    def remembers(self, token: str) -> bool:
        return True


@pytest.fixture
def signed_in(own_board: ServiceUnderTest) -> SignedIn:
    own_board.app.state.verifier = made = SignedIn(SOMEBODY)
    return made


async def _post(board: ServiceUnderTest, notice: dict[str, Any], key: str) -> httpx.Response:
    return await Person(board.http, "any").post("/api/notices", notice, key=key)


async def _answered(board: ServiceUnderTest) -> tuple[dict[str, Any], str, str]:
    """A notice, the key that it was put up with, and the id in its answer."""
    notice, key = a_notice(), uuid4().hex
    answer = await _post(board, notice, key)
    assert answer.status_code == 201
    return notice, key, answer.json()["id"]


async def _is_refused(board: ServiceUnderTest, answer: httpx.Response, code: str) -> None:
    assert answer.json()["code"] == code
    assert "idempotency-replayed" not in answer.headers
    refusals = await rows(board, "select 1 from audit_entry where kind = 'refusal' and outcome = :code", code=code)
    assert len(refusals) == 1


async def test_it_is_repeated_while_role_and_access_stand(own_board: ServiceUnderTest, signed_in: SignedIn) -> None:
    notice, key, made = await _answered(own_board)
    signed_in.actor = replace(SOMEBODY, roles=frozenset({"assessor"}))
    again = await _post(own_board, notice, key)
    assert (again.status_code, again.json()["id"], again.headers["idempotency-replayed"]) == (201, made, "true")


async def test_not_after_the_role_has_ended(own_board: ServiceUnderTest, signed_in: SignedIn) -> None:
    notice, key, made = await _answered(own_board)
    signed_in.actor = replace(SOMEBODY, roles=frozenset({"auditor"}))
    again = await _post(own_board, notice, key)
    assert (again.status_code, made in again.text) == (403, False)
    await _is_refused(own_board, again, "role_lacks_right")


async def test_not_after_the_access_has_ended(own_board: ServiceUnderTest, signed_in: SignedIn) -> None:
    """Byte for byte as for a case that does not exist."""
    notice, key, made = await _answered(own_board)
    async with own_board.session() as session:
        await session.execute(text("delete from reader"))
    again = await _post(own_board, notice, key)
    assert (again.status_code, made in again.text) == (404, False)
    await _is_refused(own_board, again, "not_found")
    assert again.content == (await Person(own_board.http, "any").get(f"/api/notices/{uuid4()}")).content


async def test_in_another_agency_a_person_has_other_keys(own_board: ServiceUnderTest, signed_in: SignedIn) -> None:
    notice, key, made = await _answered(own_board)
    signed_in.actor = replace(SOMEBODY, agency="vac")
    again = await _post(own_board, notice, key)
    fresh = await _post(own_board, notice, uuid4().hex)
    assert (again.status_code, again.json()) == (fresh.status_code, fresh.json())
    assert "idempotency-replayed" not in again.headers
    assert made not in again.text


async def test_what_was_checked_is_stored_with_the_answer(own_board: ServiceUnderTest, signed_in: SignedIn) -> None:
    notice, key, _ = await _answered(own_board)
    ((checked,),) = await rows(own_board, "select checked from idempotency_key where key = :key", key=key)
    assert checked == [[notice["case_id"], "put_up_notice"]]
