"""A stored answer is repeated only while every right that it rests on stands (docs/adr/0021)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from casework.bases import HOLDER, Basis, consent, requested, serves, told_of_bar
from chassis.testing import Person, ServiceUnderTest
from sqlalchemy import text

from .casefile.app import PLACE
from .givens import CASEWORKER, a_sheet, put
from .signed_in import SignedIn

NOTE = "seen by whoever may read notes"


class Desk:
    """A caseworker who sends the same command twice, and what changes in between."""

    def __init__(self, desk: ServiceUnderTest) -> None:
        self.service = desk
        self.signed_in = desk.app.state.verifier = SignedIn(CASEWORKER)
        self.person = Person(desk.http, "any")
        self.key = uuid4().hex

    async def send(self, path: str, body: Any = None) -> httpx.Response:
        return await self.person.post(path, body, key=self.key)

    async def now_knows(self, case_id: UUID, *bases: Basis) -> None:
        """The agency knows of the case on these bases alone."""
        async with self.service.session() as session:
            await session.execute(text("delete from case_access where case_id = :case"), {"case": case_id})
        await put(self.service, case_id, "ngo-amc", *bases)


@pytest.fixture
def sender(own_desk: ServiceUnderTest) -> Desk:
    return Desk(own_desk)


def _is_repeated(first: httpx.Response, again: httpx.Response) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"


def _is_refused(again: httpx.Response, code: str) -> None:
    assert again.json()["code"] == code
    assert "idempotency-replayed" not in again.headers
    assert NOTE not in again.text


async def test_it_is_repeated_while_the_basis_stands_and_not_after(sender: Desk) -> None:
    sheet = await a_sheet(sender.service, "ngo-amc", HOLDER)
    path, body = f"/api/sheets/{sheet.id}/change", {"note": NOTE}
    first = await sender.send(path, body)
    assert first.json()["note"] == NOTE
    _is_repeated(first, await sender.send(path, body))
    await sender.now_knows(sheet.case_id, told_of_bar(uuid4()))
    _is_refused(await sender.send(path, body), "not_for_this_basis")
    await sender.now_knows(sheet.case_id)
    _is_refused(await sender.send(path, body), "not_found")
    await sender.now_knows(sheet.case_id, HOLDER)
    _is_repeated(first, await sender.send(path, body))


async def test_not_when_the_act_is_still_allowed_and_a_part_of_its_answer_is_not(sender: Desk) -> None:
    """Serving the person gives the act and not the note."""
    sheet = await a_sheet(sender.service, "ngo-amc", HOLDER)
    path, body = f"/api/sheets/{sheet.id}/change", {"note": NOTE}
    assert (await sender.send(path, body)).json()["note"] == NOTE
    await sender.now_knows(sheet.case_id, serves("place", uuid4()))
    _is_refused(await sender.send(path, body), "not_for_this_basis")


async def test_a_part_that_was_not_shown_is_not_needed(sender: Desk) -> None:
    sheet = await a_sheet(sender.service, "ngo-amc", serves("place", uuid4()))
    path, body = f"/api/sheets/{sheet.id}/change", {"note": NOTE}
    first = await sender.send(path, body)
    assert first.json()["note"] is None
    await sender.now_knows(sheet.case_id, serves("place", uuid4()))
    _is_repeated(first, await sender.send(path, body))


async def test_what_opened_a_case_is_repeated_while_it_is_known(sender: Desk) -> None:
    """The act itself asks for no basis: it has granted one."""
    body = {"case_id": str(uuid4()), "note": NOTE}
    first = await sender.send("/api/cases", body)
    assert first.status_code == 201
    _is_repeated(first, await sender.send("/api/cases", body))
    await sender.now_knows(UUID(body["case_id"]), told_of_bar(uuid4()))
    _is_refused(await sender.send("/api/cases", body), "not_for_this_basis")
    await sender.now_knows(UUID(body["case_id"]))
    _is_refused(await sender.send("/api/cases", body), "not_found")


async def test_an_act_that_changes_the_own_basis_is_repeated_while_the_new_one_stands(sender: Desk) -> None:
    """A lost answer to an acceptance: whoever accepted is asked no more, and serves."""
    sheet = await a_sheet(sender.service, "ngo-amc", requested("place", PLACE))
    path = f"/api/sheets/{sheet.id}/accept"
    first = await sender.send(path)
    assert first.status_code == 200
    _is_repeated(first, await sender.send(path))
    await sender.now_knows(sheet.case_id, consent("medical", "needs", uuid4()))
    _is_refused(await sender.send(path), "not_for_this_basis")


async def test_an_act_that_ended_the_own_access_is_answered_once(sender: Desk) -> None:
    """ID-12: the person's withdrawal ends the access at once, also to what was answered."""
    sheet = await a_sheet(sender.service, "ngo-amc", consent("medical", "needs", uuid4()))
    path = f"/api/sheets/{sheet.id}/leave"
    assert (await sender.send(path)).status_code == 200
    _is_refused(await sender.send(path), "not_found")


async def test_not_after_the_role_has_ended(sender: Desk) -> None:
    sheet = await a_sheet(sender.service, "ngo-amc", HOLDER)
    path, body = f"/api/sheets/{sheet.id}/change", {"note": NOTE}
    await sender.send(path, body)
    sender.signed_in.actor = replace(CASEWORKER, roles=frozenset({"auditor"}))
    _is_refused(await sender.send(path, body), "role_lacks_right")


async def test_in_another_agency_the_same_key_is_another_key(sender: Desk) -> None:
    """The answer of the first agency is not repeated: the act is done for the second one anew."""
    sheet = await a_sheet(sender.service, "ngo-amc", HOLDER)
    path, body = f"/api/sheets/{sheet.id}/change", {"note": NOTE}
    await sender.send(path, body)
    await put(sender.service, sheet.case_id, "vac", HOLDER)
    sender.signed_in.actor = replace(CASEWORKER, agency="vac")
    again = await sender.send(path, body)
    assert again.status_code == 200
    assert "idempotency-replayed" not in again.headers


async def test_another_role_with_the_same_rights_may_repeat_it(sender: Desk) -> None:
    sheet = await a_sheet(sender.service, "ngo-amc", HOLDER)
    path, body = f"/api/sheets/{sheet.id}/close", {"version": 1}
    first = await sender.send(path, body)
    sender.signed_in.actor = replace(CASEWORKER, roles=frozenset({"assessor"}))
    _is_repeated(first, await sender.send(path, body))
