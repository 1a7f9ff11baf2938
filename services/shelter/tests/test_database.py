"""What the database itself forbids, whatever the program does (SH-5, SH-6), and a life of beds over HTTP."""

import asyncio
from datetime import date
from uuid import UUID, uuid4

import pytest
from chassis import audit_walk
from chassis.errors import NotPossible
from chassis.testing import ServiceUnderTest
from shelter.tables import BedNightBlock
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from .givens import (
    ASKED,
    LATER,
    MANAGER,
    MOVED_IN,
    WORKER,
    a_requested_stay,
    a_resident,
    an_acknowledged_handover,
    as_read,
    in_bed,
)


async def insert_closure(shelter: ServiceUnderTest, bed_id: UUID, nights: str) -> None:
    async with shelter.session() as session:
        closure_id = uuid4()
        await session.execute(
            text(
                "insert into closure (id, bed_id, state, reason, begins, returns_on, effective_at, recorded_at)"
                " values (:id, :bed, 'open', 'repair', '2024-03-01', '2024-03-02', now(), now())"
            ),
            {"id": closure_id, "bed": bed_id},
        )
        await session.execute(
            text(
                "insert into bed_night_block (id, bed_id, nights, kind, closure_id)"
                " values (:id, :bed, cast(cast(:nights as text) as daterange), 'closure', :closure)"
            ),
            {"id": uuid4(), "bed": bed_id, "nights": nights, "closure": closure_id},
        )


async def any_bed(shelter: ServiceUnderTest) -> UUID:
    async with shelter.session() as session:
        bed_id: UUID = (await session.execute(text("select id from bed order by id limit 1"))).scalar_one()
        return bed_id


@pytest.mark.parametrize(
    "nights", ["[2024-03-31,2024-04-10)", "[2024-03-01,2024-03-05)", "[2024-03-10,)", "(,2024-03-05)"]
)
async def test_no_two_blocks_of_one_bed_overlap(shelter: ServiceUnderTest, nights: str) -> None:
    """SH-5: a stay and a closure, two stays, two closures: one constraint, raw SQL included."""
    bed_id = await any_bed(shelter)
    await insert_closure(shelter, bed_id, "[2024-03-04,2024-04-03)")
    with pytest.raises((NotPossible, DBAPIError)):
        await insert_closure(shelter, bed_id, nights)
    await insert_closure(shelter, bed_id, "[2024-04-03,2024-04-04)")


async def test_two_sessions_insert_the_same_nights(shelter: ServiceUnderTest) -> None:
    """SH-5: without any lock of the program, the second waits for the first and is refused with a clear code."""
    bed_id = await any_bed(shelter)
    outcomes = await asyncio.gather(
        *(insert_closure(shelter, bed_id, "[2024-03-04,2024-04-03)") for _ in range(4)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, NotPossible)]
    assert [error.code for error in refused] == ["bed_taken"] * 3


async def test_a_closure_and_an_offer_race_for_one_bed(shelter: ServiceUnderTest) -> None:
    """SH-5, SH-9: one of the two is refused, whichever it is."""
    stay = await a_requested_stay(shelter)
    manager = shelter.person(MANAGER)
    bed = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"][0]["bed_id"]
    closure = {"reason": "repair", "begins": "2024-03-10", "returns_on": "2024-03-15", "happened_at": ASKED}
    answers = await asyncio.gather(
        manager.post(f"/api/beds/{bed}/closures", closure),
        manager.post(f"/api/stays/{stay['id']}/offer", in_bed(stay, bed)),
    )
    assert sorted(answer.is_success for answer in answers) == [False, True]
    assert {answer.json().get("code") for answer in answers} & {"bed_taken", "bed_out_of_use"}


async def test_what_was_given_stays_as_it_was_written(shelter: ServiceUnderTest) -> None:
    """SH-6: services and assistance are append-only, and the person is no payer for the database either."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}/services"
    await shelter.person(WORKER).post_ok(path, {"service": "food", "payer": "mia-shelter", "happened_at": LATER})
    await an_acknowledged_handover(shelter, UUID(stay["case_id"]))
    for statement in (
        "update service_given set payer = 'vac'",
        "delete from service_given",
        "truncate assistance",
        "update audit_entry set outcome = 'x'",
    ):
        with pytest.raises(DBAPIError):
            async with shelter.session() as session:
                await session.execute(text(statement))


async def test_the_audit_of_a_story_is_unbroken(shelter: ServiceUnderTest) -> None:
    await a_resident(shelter)
    async with shelter.session() as session:
        assert await audit_walk.verify(session) is None


async def test_a_year_of_one_bed_entered_in_any_order(shelter: ServiceUnderTest) -> None:
    """SH-5: late entries fit between what is known; each night has one holder, and who left frees the rest."""
    manager, bed = shelter.person(MANAGER), ""
    for month in ("06", "03", "09", "04"):
        stay = await a_requested_stay(shelter, happened_at=f"2024-{month}-05T10:00:00+04:00")
        offer = {"bed_id": bed, "happened_at": f"2024-{month}-05T10:00:00+04:00"}
        if not bed:
            bed = offer["bed_id"] = (await manager.get_ok(f"/api/stays/{stay['id']}/places"))["places"][0]["bed_id"]
        await manager.post_ok(f"/api/stays/{stay['id']}/offer", as_read(stay, offer))
        path = f"/api/stays/{stay['id']}"
        await manager.post_ok(f"{path}/admission", {"happened_at": f"2024-{month}-05T18:00:00+04:00"})
        if month != "09":
            await manager.post_ok(f"{path}/leave", {"happened_at": f"2024-{month}-25T09:00:00+04:00"})
    async with shelter.session() as session:
        taken = list(await session.scalars(select(BedNightBlock.nights).order_by(func.lower(BedNightBlock.nights))))
    assert [(span.lower, span.upper) for span in taken] == [
        (date(2024, 3, 5), date(2024, 3, 25)),
        (date(2024, 4, 5), date(2024, 4, 25)),
        (date(2024, 6, 5), date(2024, 6, 25)),
        (date(2024, 9, 5), None),
    ]


async def test_the_same_command_twice_is_done_once(shelter: ServiceUnderTest) -> None:
    """Idempotency-Key: the stored answer comes back; another body under the same key is refused."""
    stay = await a_resident(shelter)
    path, body = f"/api/stays/{stay['id']}/services", {"service": "food", "payer": "mia-shelter", "happened_at": LATER}
    worker = shelter.person(WORKER)
    first = await worker.post(path, body, key="supper")
    again = await worker.post(path, body, key="supper")
    assert first.json() == again.json()
    assert len((await worker.get_ok(f"/api/stays/{stay['id']}"))["services"]) == 1
    other = await worker.post(path, body | {"happened_at": MOVED_IN}, key="supper")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
