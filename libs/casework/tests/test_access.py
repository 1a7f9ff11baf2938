"""Which agency may know of which case, on which basis, and what that gives."""

from uuid import uuid4

import pytest
from casework import access
from casework.access import Access, NotForThisBasis
from casework.bases import (
    BY_HOLDER,
    FORMAL_BODY,
    HOLDER,
    NO_ID,
    by_asked,
    consent,
    requested,
    serves,
    told_of_bar,
)
from casework.tables import case_access
from chassis.errors import Forbidden, NotFound
from chassis.rights import Rights
from chassis.testing import ServiceUnderTest
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Uuid, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from .casefile.app import RIGHTS, Sheet
from .givens import AT, AUDITOR, CASEWORKER, a_sheet, acting, known, of, put

LATER = AT.replace(year=2025)


async def test_a_basis_stands_until_it_is_revoked_and_others_stand_beside_it(desk: ServiceUnderTest) -> None:
    case_id, consent_id = uuid4(), uuid4()
    agreed = consent("medical", "needs", consent_id)
    async with acting(desk) as uow:
        await access.grant(uow, [])
        await access.grant(uow, [Access(case_id, "vac", basis, AT) for basis in (agreed, HOLDER)])
        await access.grant(uow, [Access(case_id, "vac", HOLDER, LATER)])
    assert await known(desk, case_id) == {("vac", HOLDER), ("vac", agreed)}
    async with acting(desk) as uow:
        assert {row.since for row in await access.who_knows(uow, case_id)} == {AT}, "a row that stands stays as it is"
        await access.revoke(uow, case_id, "vac", HOLDER)
        await access.revoke(uow, case_id, "vac", consent("medical", "needs", uuid4()))
        await access.revoke(uow, case_id, "iom", agreed)
    assert await known(desk, case_id) == {("vac", agreed)}


async def test_revoke_by_ends_a_basis_for_whoever_has_it_and_for_one_object_if_named(desk: ServiceUnderTest) -> None:
    case_id, other_case, one, other = (uuid4() for _ in range(4))
    for agency in ("vac", "iom"):
        await put(desk, case_id, agency, requested("place", one), requested("place", other), serves("place", one))
    await put(desk, other_case, "vac", requested("place", one))
    async with acting(desk) as uow:
        await access.revoke_by(uow, case_id, "asked", one)
    left = {(a, b) for a in ("vac", "iom") for b in (requested("place", other), serves("place", one))}
    assert await known(desk, case_id) == left
    async with acting(desk) as uow:
        await access.revoke_by(uow, case_id, "asked")
    assert await known(desk, case_id) == {(a, serves("place", one)) for a in ("vac", "iom")}
    assert await known(desk, other_case) == {("vac", requested("place", one))}


async def test_without_a_basis_the_case_does_not_exist_and_with_another_the_action_is_refused(
    desk: ServiceUnderTest,
) -> None:
    """ID-7, ID-12."""
    case_id, ref = uuid4(), uuid4()
    async with acting(desk) as uow:
        for nowhere in (case_id, NO_ID):
            with pytest.raises(NotFound):
                await access.require(uow, nowhere, for_="change_sheet")
    await put(desk, case_id, "ngo-amc", told_of_bar(ref), serves("handover", ref))
    async with acting(desk) as uow:
        with pytest.raises(NotForThisBasis) as refused:
            await access.require(uow, case_id, for_="change_sheet")
        assert (refused.value.status, refused.value.code) == (403, "not_for_this_basis")
        assert refused.value.facts == {"action": "change_sheet"}
        assert await access.require(uow, case_id, for_="see_sheet") == {told_of_bar(ref), serves("handover", ref)}
    await put(desk, case_id, "ngo-amc", serves("place", ref))
    async with acting(desk) as uow:
        assert serves("place", ref) in await access.require(uow, case_id, for_="change_sheet")


async def test_the_role_comes_first_and_an_unknown_action_is_a_mistake(desk: ServiceUnderTest) -> None:
    case_id = uuid4()
    await put(desk, case_id, "ombudsman", HOLDER)
    async with acting(desk, AUDITOR) as uow:
        with pytest.raises(Forbidden):
            await access.require(uow, case_id, for_="change_sheet")
        assert await access.require(uow, uuid4(), for_="see_sheet") == frozenset(), "every case"
        with pytest.raises(KeyError):
            await access.require(uow, case_id, for_="change_shete")


@pytest.mark.parametrize("scope", ["none", "agency"])
async def test_a_cell_that_names_no_basis_gives_no_case(desk: ServiceUnderTest, scope: str) -> None:
    """Not even to the holder: it would be every case to everybody."""
    sheet = await a_sheet(desk, "ngo-amc", HOLDER)
    async with acting(desk, rights={"see": {"caseworker": scope}}) as uow:
        assert access.cell(uow, "see") == ()
        assert not access.gives(uow, "see", {HOLDER})
        with pytest.raises(NotForThisBasis):
            await access.require(uow, sheet.case_id, for_="see")
        with pytest.raises(NotFound):
            await access.require(uow, uuid4(), for_="see")
        assert not list(await uow.session.scalars(select(Sheet).where(access.visible(uow, Sheet.case_id, for_="see"))))


def test_cells_of_several_roles_are_joined() -> None:
    rights: Rights = {"act": {"a": (BY_HOLDER,), "b": (by_asked("place"), BY_HOLDER), "c": "all", "d": "none"}}

    def joined(*roles: str) -> object:
        return access.cell(UnitOfWork(AsyncSession(), of("vac", *roles), AT, None, rights), "act")

    assert joined("a") == (BY_HOLDER,)
    assert joined("a", "b", "d") == (BY_HOLDER, by_asked("place"))
    assert joined("a", "c") is None
    assert joined("d") == ()
    with pytest.raises(Forbidden):
        joined("e")


async def test_what_an_answer_shows_follows_from_role_and_basis(desk: ServiceUnderTest) -> None:
    agreed = consent("legal_aid", "needs", uuid4())
    async with acting(desk) as uow:
        assert access.gives(uow, "read_note", {HOLDER})
        assert access.gives(uow, "read_note", {agreed, told_of_bar(NO_ID)})
        assert not access.gives(uow, "read_note", {consent("legal_aid", "contact", uuid4())})
        assert not access.gives(uow, "read_note", ())
        assert not access.gives(uow, "see_own_figures", {HOLDER}), "another role's"
    async with acting(desk, AUDITOR) as uow:
        assert access.gives(uow, "read_note", ())


async def test_lists_show_what_the_action_gives_and_nothing_else(desk: ServiceUnderTest) -> None:
    holding = await a_sheet(desk, "ngo-amc", HOLDER)
    served = await a_sheet(desk, "ngo-amc", serves("handover", uuid4()))
    foreign = await a_sheet(desk, "vac", HOLDER)
    every = {holding.id, served.id, foreign.id}
    for actor, action, seen in (
        (CASEWORKER, "see_sheet", {holding.id, served.id}),
        (CASEWORKER, "close_sheet", {holding.id}),
        (of("vac"), "see_sheet", {foreign.id}),
        (of("iom"), "see_sheet", set()),
        (AUDITOR, "see_sheet", every),
    ):
        async with acting(desk, actor) as uow:
            found = select(Sheet.id).where(access.visible(uow, Sheet.case_id, for_=action), Sheet.id.in_(every))
            assert set(await uow.session.scalars(found)) == seen, (actor, action)


async def test_the_condition_of_a_list_is_never_joined_by_chance(desk: ServiceUnderTest) -> None:
    """Named for another table than the query reads, it would be true for every row: the database refuses it."""
    await a_sheet(desk, "ngo-amc", HOLDER)
    await a_sheet(desk, "vac", HOLDER)
    other = aliased(Sheet)
    async with acting(desk) as uow:
        with pytest.raises(DBAPIError):
            await uow.session.execute(select(other.id).where(access.visible(uow, Sheet.case_id, for_="see_sheet")))
        await uow.session.rollback()


async def test_a_list_may_read_the_access_rows_itself(desk: ServiceUnderTest) -> None:
    """`with_bases` and `visible` in one statement: the inner rows are not the outer ones."""
    sheet = await a_sheet(desk, "ngo-amc", HOLDER, serves("course", NO_ID))
    async with acting(desk) as uow:
        seen = select(Sheet.id).where(access.visible(uow, Sheet.case_id, for_="close_sheet"), Sheet.id == sheet.id)
        rows = (await uow.session.execute(access.with_bases(uow, seen, Sheet.case_id))).all()
    assert {access.basis_of(row) for row in rows} == {HOLDER, serves("course", NO_ID)}


async def test_a_condition_may_count_for_one_object_alone(desk: ServiceUnderTest) -> None:
    """ID-12: what was asked for one place shows no other place of the same case."""
    case_id, one, other = uuid4(), uuid4(), uuid4()
    await put(desk, case_id, "vac", requested("place", one), HOLDER)
    column = case_access.c
    async with acting(desk) as uow:
        for ref, needed, found in (
            (one, by_asked("place"), {requested("place", one)}),
            (other, by_asked("place"), set()),
            (other, by_asked(), {requested("place", one)}),
            (other, BY_HOLDER, {HOLDER}),
        ):
            matching = access.matches([needed], ref=literal(ref, Uuid))
            rows = select(column.basis, column.about, column.data_class, column.ref).where(column.case_id == case_id)
            assert {access.basis_of(row) for row in await uow.session.execute(rows.where(matching))} == found


async def test_who_knows_and_whether_somebody_does(desk: ServiceUnderTest) -> None:
    case_id, ref = uuid4(), uuid4()
    await put(desk, case_id, "vac", HOLDER, serves("place", ref))
    await put(desk, case_id, "mia-special", FORMAL_BODY)
    async with acting(desk) as uow:
        rows = await access.who_knows(uow, case_id)
        assert {(row.agency, row.basis, row.since) for row in rows} == {
            ("vac", HOLDER, AT),
            ("vac", serves("place", ref), AT),
            ("mia-special", FORMAL_BODY, AT),
        }
        assert [row.agency for row in rows] == ["mia-special", "vac", "vac"]
        assert await access.is_known_to(uow, case_id, ["iom", "vac"])
        assert not await access.is_known_to(uow, case_id, ["iom"])
        assert not await access.is_known_to(uow, case_id, [])
        assert not await access.is_known_to(uow, uuid4(), ["vac"])
        assert await access.bases(uow, case_id, "mia-special") == {FORMAL_BODY}
        assert await access.bases(uow, case_id) == frozenset()


def test_every_action_of_the_table_is_tried_here() -> None:
    """A new action of the test service needs its test."""
    assert set(RIGHTS) == {
        "open_case",
        "change_sheet",
        "close_sheet",
        "accept_place",
        "leave_case",
        "see_sheet",
        "read_note",
        "see_own_figures",
    }
