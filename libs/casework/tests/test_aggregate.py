"""What every act on an object of a case begins with: found, allowed, locked, and not changed since it was read."""

import asyncio
from uuid import uuid4

import pytest
from casework import access, aggregate
from casework.access import NotForThisBasis
from casework.bases import FORMAL_BODY, HOLDER, Basis, told_of_bar
from chassis.actor import system
from chassis.errors import Forbidden, NotFound, NotPossible, Stale
from chassis.testing import ServiceUnderTest
from sqlalchemy import text, update

from .casefile.app import SHEET, ChangeSheet, CloseSheet, Sheet
from .givens import ASSESSOR, AUDITOR, a_sheet, acting, of, put


async def test_it_is_loaded_for_whoever_has_the_basis_and_the_role(desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(desk, "ngo-amc", HOLDER)
    async with acting(desk) as uow:
        found = await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
        assert (found.id, found.note, found.version) == (sheet.id, "a note", 1)
    async with acting(desk, AUDITOR) as uow:
        assert (await aggregate.load(uow, Sheet, sheet.id, for_="see_sheet")).id == sheet.id
        with pytest.raises(Forbidden):
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
        with pytest.raises(NotFound):
            await aggregate.load(uow, Sheet, uuid4(), for_="see_sheet")


async def test_it_is_not_found_without_a_basis_and_refused_with_another(desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(desk, "mia-special", FORMAL_BODY)
    async with acting(desk) as uow:
        with pytest.raises(NotFound):
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
    await put(desk, sheet.case_id, "ngo-amc", told_of_bar(uuid4()))
    async with acting(desk) as uow:
        with pytest.raises(NotForThisBasis):
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
    async with acting(desk, ASSESSOR) as uow:
        assert (await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")).id == sheet.id
        with pytest.raises(NotForThisBasis):
            await aggregate.load(uow, Sheet, sheet.id, for_="close_sheet")


@pytest.mark.parametrize(("basis", "role"), [(FORMAL_BODY, "assessor"), (HOLDER, "caseworker")])
async def test_the_audit_names_the_role_that_the_basis_gave_the_act_to(
    desk: ServiceUnderTest, basis: Basis, role: str
) -> None:
    """ID-13: of somebody with two roles, the one that could do it, not the first of the table."""
    sheet = await a_sheet(desk, "mia-special", basis)
    async with acting(desk, of("mia-special", "caseworker", "assessor")) as uow:
        await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
        uow.audit("change_sheet", case_id=sheet.case_id)
        uow.acting(system("casefile")).audit("clock_met", case_id=sheet.case_id)
    async with desk.session() as session:
        rows = await session.execute(text("select role from audit_entry where case_id = :id"), {"id": sheet.case_id})
        assert sorted(row.role for row in rows) == sorted([role, "service"])


async def test_a_changed_object_is_stale_and_no_value_is_in_the_answer(desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(desk, "ngo-amc", HOLDER)
    async with desk.session() as session:
        await session.execute(update(Sheet).where(Sheet.id == sheet.id).values(version=2, note="theirs"))
    async with acting(desk) as uow:
        for command in (ChangeSheet(note="mine", expected_version=1), ChangeSheet(note="mine", expected_version=3)):
            with pytest.raises(Stale) as stale:
                await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet", read=command)
            assert stale.value.facts == {
                "given_version": command.expected_version,
                "stored_version": 2,
                "fields": ["note"],
            }
        for current in (ChangeSheet(note="mine", expected_version=2), ChangeSheet(note="mine")):
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet", read=current)
        await aggregate.load(uow, Sheet, sheet.id, for_="close_sheet", read=CloseSheet(expected_version=2))


async def test_a_stale_edit_shows_nothing_to_whoever_may_not_act(desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(desk, "ngo-amc", told_of_bar(uuid4()))
    async with acting(desk) as uow:
        with pytest.raises(NotForThisBasis):
            await aggregate.load(
                uow, Sheet, sheet.id, for_="change_sheet", read=ChangeSheet(note="x", expected_version=7)
            )


async def test_of_two_acts_the_second_waits_and_reads_what_the_first_wrote(own_desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(own_desk, "ngo-amc", HOLDER)

    async def second() -> None:
        async with acting(own_desk) as uow:
            command = ChangeSheet(note="second", expected_version=1)
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet", read=command)

    async with acting(own_desk) as uow:
        found = await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
        found.note, found.version = "first", 2
        waiting = asyncio.create_task(second())
        await own_desk.until_somebody_waits()
    with pytest.raises(Stale) as stale:
        await waiting
    assert stale.value.facts["stored_version"] == 2


async def test_a_basis_that_ends_while_an_act_waits_has_ended_for_it(own_desk: ServiceUnderTest) -> None:
    """ID-12: the withdrawal of a consent locks the case; whoever waits behind it has lost the right."""
    sheet = await a_sheet(own_desk, "ngo-amc", HOLDER)

    async def act() -> None:
        async with acting(own_desk) as uow:
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")

    async with acting(own_desk) as uow:
        await uow.lock(sheet.case_id)
        waiting = asyncio.create_task(act())
        await own_desk.until_somebody_waits()
        await access.revoke(uow, sheet.case_id, "ngo-amc", HOLDER)
    with pytest.raises(NotFound):
        await waiting


async def test_an_object_that_joins_another_case_meanwhile_is_locked_with_that_case(own_desk: ServiceUnderTest) -> None:
    """ID-18."""
    sheet, other = await a_sheet(own_desk, "ngo-amc", HOLDER), await a_sheet(own_desk, "ngo-amc", HOLDER)

    async def act() -> int:
        async with acting(own_desk) as uow:
            await aggregate.load(uow, Sheet, sheet.id, for_="change_sheet")
            async with own_desk.session() as session:
                free = text("select count(*) from (select from stream where key = :key for update skip locked) as free")
                return int(await session.scalar(free, {"key": other.case_id}) or 0)

    async with acting(own_desk) as uow:
        await uow.lock(other.case_id)
    async with acting(own_desk) as uow:
        await uow.lock(sheet.case_id)
        waiting = asyncio.create_task(act())
        await own_desk.until_somebody_waits()
        await uow.session.execute(update(Sheet).where(Sheet.id == sheet.id).values(case_id=other.case_id))
    assert await waiting == 0, "nobody else gets the lock of the case that it joined"


async def test_a_transition_follows_the_machine_and_counts_the_version(desk: ServiceUnderTest) -> None:
    sheet = Sheet(id=uuid4(), case_id=uuid4(), state="open", note="", version=4)
    aggregate.transition(sheet, SHEET, "close")
    assert (sheet.state, sheet.version) == ("closed", 5)
    with pytest.raises(NotPossible) as refused:
        aggregate.transition(sheet, SHEET, "close")
    assert refused.value.code == "not_possible_in_state"
    assert (sheet.state, sheet.version) == ("closed", 5)
    sheet.note = "open"
    aggregate.transition(sheet, SHEET, "close", column="note")
    assert (sheet.state, sheet.note, sheet.version) == ("closed", "closed", 6)
