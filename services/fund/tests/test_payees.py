"""The payee of an order, asked of the real identification over a socket; and what happens when it is away: FU-6."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from chassis.actor import Actor
from chassis.client import Refused, ServiceClient
from chassis.testing import Databases, ServiceUnderTest, Stack, bench, service_token
from chassis.tokens import TokenSource
from fund.adapters.payees import IdentificationPayees, IdentityUnavailable
from identification.app import SERVICE as IDENTIFICATION
from nrm_events import identification as events
from sqlalchemy import text

from .givens import MARCH, Desk, read

KEYS = dict.fromkeys(("master_key", "search_key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
RELEASER = Actor(sub="releaser-sub", agency="fund", roles=frozenset({"fund-releaser"}), client="demo")
REPORT: dict[str, Any] = {
    "channel": "hotline",
    "happened_at": "2024-03-04T10:00:00+04:00",
    "region": "Gəncə",
    "language": "az",
    "htcds": {
        "prs_FirstName": "Zübeydə",
        "prs_SecondName": "Qaraquşova",
        "prs_Birthdate": "1989-07-07",
        "prs_Gender": "Feminine",
        "prs_Citizenship": ["AZ"],
        "prs_IdentityNumber": "TST46990253",
        "vic_TypeOfExploitation": ["ForcedLabour"],
    },
}


class KnownToken(TokenSource):
    """The Fund's own token from the realm, without a connection that outlives the test."""

    def __init__(self) -> None:
        pass

    async def token(self) -> str:
        return service_token("fund")


@asynccontextmanager
async def on_a_socket(served: ServiceUnderTest) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(served.app, port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def payees_at(desk: Desk, address: str) -> AsyncIterator[IdentificationPayees]:
    settings = desk.bench.settings.model_copy(update={"services": {"identification": address}})
    client = ServiceClient(settings, KnownToken(), "identification")
    yield IdentificationPayees(client)
    await client.close()


@pytest.fixture(scope="session")
def identities() -> Databases:
    made = Databases(Stack.running(), IDENTIFICATION)
    made.prepare()
    return made


CHILD = REPORT | {"htcds": REPORT["htcds"] | {"prs_Birthdate": "2012-07-07"}}
GUARDIAN = {"name": "Sevda Quliyeva", "identity_number": "TST00000002", "relation": "guardian", "reference": "12/2024"}


async def an_open_case(identification: ServiceUnderTest, reported: dict[str, Any] = REPORT) -> UUID:
    caseworker = identification.person("ngo-amc.caseworker")
    report = await caseworker.post_ok("/api/reports", reported)
    search = await caseworker.post_ok(f"/api/reports/{report['id']}/same-person-search")
    opening = {"search_id": search["search_id"], "verdicts": {}, "happened_at": reported["happened_at"]}
    return UUID((await caseworker.post_ok(f"/api/reports/{report['id']}/case", opening))["id"])


async def test_identification_opens_the_payee_for_the_order_and_audits_who_releases_it_fu_6(
    desk: Desk, identities: Databases
) -> None:
    async with bench(IDENTIFICATION, identities, **KEYS) as identification, on_a_socket(identification) as address:
        case_id, order_id = await an_open_case(identification), uuid4()
        async with payees_at(desk, address) as payees:

            async def opened_for(payee: str) -> dict[str, Any]:
                return await payees.open(RELEASER, case_id=case_id, order_id=order_id, payee=payee)

            opened = await opened_for("person")
            assert await opened_for("person") == opened
            with pytest.raises(Refused) as refused:
                await payees.open(RELEASER, case_id=uuid4(), order_id=uuid4(), payee="person")
        async with identification.session() as session:
            noted = await session.scalars(text("select facts from audit_entry where action = 'serve_payee'"))
            facts = next(iter(noted))
    assert opened["name"] == "Zübeydə Qaraquşova"
    assert (refused.value.code, refused.value.status) == ("not_found", 404)
    assert facts == {"on_behalf_of": "releaser-sub", "concerning": str(order_id)}


async def test_for_a_child_the_representative_is_opened_and_never_the_child_fu_6(
    desk: Desk, identities: Databases
) -> None:
    """Known by identification, after the guardian was appointed (ID-5)."""
    async with bench(IDENTIFICATION, identities, **KEYS) as identification, on_a_socket(identification) as address:
        case_id = await an_open_case(identification, CHILD)
        caseworker = identification.person("ngo-amc.caseworker")
        async with payees_at(desk, address) as payees:

            async def code_for(payee: str) -> str:
                with pytest.raises(Refused) as refused:
                    await payees.open(RELEASER, case_id=case_id, order_id=uuid4(), payee=payee)
                return refused.value.code

            case, body = f"/api/cases/{case_id}", {"representative": GUARDIAN}
            seen = await caseworker.get_ok(case)
            early = await caseworker.post(f"{case}/representative", read(seen, **body))
            assert (early.status_code, early.json()["code"]) == (409, "guardian_missing")
            codes = [await code_for(payee) for payee in ("person", "representative")]
            assert codes == ["payee_is_a_child", "representative_unknown"]
            appointed = {"outcome": "appointed", "reference": "12/2024"}
            seen = await caseworker.post_ok(f"{case}/guardian", appointed)
            await caseworker.post_ok(f"{case}/representative", read(seen, **body))
            opened = await payees.open(RELEASER, case_id=case_id, order_id=uuid4(), payee="representative")
            assert await code_for("person") == "payee_is_a_child"
            ended = {"outcome": "ended", "reference": "13/2024"}
            await caseworker.post_ok(f"{case}/guardian", ended)
            assert await code_for("representative") == "representative_unknown"
            await caseworker.post_ok(f"{case}/guardian", appointed | {"reference": "14/2024"})
            assert await code_for("representative") == "representative_unknown"  # another one is not the one before
        changed = [data["revision"] for name, data in await identification.published(case_id) if name == "PayeeChanged"]
        assert changed == [1, 2]
        async with identification.session() as session:
            rows = await session.scalars(text("select row_to_json(f)::text from person_field f"))
            sealed = "".join(rows)
    assert opened == {"name": GUARDIAN["name"], "identity_number": GUARDIAN["identity_number"]}
    assert GUARDIAN["identity_number"] not in sealed


def changed(case_id: UUID, revision: int) -> events.PayeeChanged:
    return events.PayeeChanged(effective_at=MARCH, case_id=case_id, revision=revision)


async def test_another_payee_voids_the_approvals_that_no_order_followed_fu_6(desk: Desk) -> None:
    """FU-6: as an edit does; the new approval binds the payee of now, an order that is out stays."""
    await desk.income(10**6)
    case_id = await desk.recognised_case()
    out, reserved = await desk.ordered(await desk.needs_grant(case_id)), await desk.needs_grant(case_id)
    reserved = await desk.approved(reserved)
    await desk.bench.receives(changed(case_id, 1))
    path = f"/api/claims/{reserved['id']}"
    voided = await desk.requester.get_ok(path)
    assert (voided["state"], voided["approval"]) == ("draft", None)
    assert (await desk.requester.get_ok(f"/api/claims/{out['id']}"))["state"] == "ordered"
    assert await desk.balance() == (10**6, 500, 10**6 - 500)
    assert [name for name, _ in await desk.bench.published(case_id)][-1] == "ApprovalVoided"
    again = await desk.approved(voided)
    assert again["approval"] != reserved["approval"]
    await desk.bench.receives(changed(case_id, 1))
    assert (await desk.releaser.post_ok(f"{path}/release", read(again)))["state"] == "ordered"


async def test_an_approval_of_another_payee_reserves_and_releases_nothing_fu_6(desk: Desk) -> None:
    """FU-6: also before the reaction to the change, or where it is missing."""
    await desk.income(500)
    case_id = await desk.recognised_case()
    claim = await desk.approved(await desk.needs_grant(case_id))
    async with desk.bench.session() as session:
        await session.execute(text("update opened_case set payee_revision = 1"))
    refused = await desk.releaser.post(f"/api/claims/{claim['id']}/release", read(claim))
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_void")
    assert desk.drawer.opened == []


async def test_silence_of_identification_is_503_fu_6(desk: Desk) -> None:
    case_id, order_id = uuid4(), uuid4()
    async with payees_at(desk, "http://127.0.0.1:9") as payees:
        with pytest.raises(IdentityUnavailable):
            await payees.open(RELEASER, case_id=case_id, order_id=order_id, payee="person")
    with pytest.raises(IdentityUnavailable):
        await IdentificationPayees(None).open(RELEASER, case_id=case_id, order_id=order_id, payee="person")
