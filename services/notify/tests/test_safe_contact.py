"""The safe contact asked of the real identification over a socket: marked, not marked; audited there (NO-2, ID-13)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from chassis.client import ServiceClient
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from chassis.tokens import TokenSource
from identification.app import SERVICE as IDENTIFICATION
from sqlalchemy import text

from .givens import ADDRESS, Scene, serving

KEYS = {
    "master_key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "search_key": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
}


@pytest.fixture(scope="module")
async def identification() -> AsyncIterator[ServiceUnderTest]:
    databases = Databases(Stack.running(), IDENTIFICATION)
    databases.prepare()
    async with bench(IDENTIFICATION, databases, **KEYS) as made:
        yield made


async def a_case(identification: ServiceUnderTest, marked: dict[str, str] | None) -> UUID:
    """A case opened by a caseworker, with the contact that the person marked safe."""
    worker = identification.person("ngo-amc.caseworker")
    report = await worker.post_ok("/api/reports", {"channel": "hotline", "language": "az", "safe_contact": marked})
    search = await worker.post_ok(f"/api/reports/{report['id']}/same-person-search")
    verdicts = {candidate["case_id"]: "not_same" for candidate in search["candidates"]}
    body = {"search_id": search["search_id"], "verdicts": verdicts}
    return UUID((await worker.post_ok(f"/api/reports/{report['id']}/case", body))["id"])


async def send_to(scene: Scene, identification: ServiceUnderTest, case_id: UUID) -> None:
    scene.case_id = case_id
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    source = TokenSource(scene.bench.settings)
    async with serving(identification.app) as address:
        settings = scene.bench.settings.model_copy(update={"services": {"identification": address}})
        client = ServiceClient(settings, source, "identification")
        await scene.sender(identification=client).send_due()
        await client.close()
    await source.close()


async def test_the_person_is_written_to_where_and_how_they_marked_it_safe(
    scene: Scene, identification: ServiceUnderTest
) -> None:
    """NO-2; identification notes who asked for what, and for which message (ID-13)."""
    marked = {"channel": "email", "address": ADDRESS, "hours": "10:00-17:00", "language": "ru"}
    await send_to(scene, identification, await a_case(identification, marked))
    assert [(mail["To"], mail["Subject"]) for mail in scene.outside.mails] == [(ADDRESS, "Уведомление")]
    async with identification.session() as session:
        read = text("select purpose, facts from audit_entry where action = 'serve_safe_contact' and case_id = :case")
        (entry,) = (await session.execute(read, {"case": scene.case_id})).all()
    assert entry.purpose == "notification"
    assert entry.facts["concerning"] == str((await scene.message()).id)


async def test_with_nothing_marked_nothing_is_sent(scene: Scene, identification: ServiceUnderTest) -> None:
    """NO-2, fail closed."""
    await send_to(scene, identification, await a_case(identification, None))
    assert ((await scene.message()).state, (await scene.message()).reason) == ("withheld", "no_safe_contact")
    assert scene.outside.mails == []
