"""Scenario words shared by the tests of casework."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from casework.bases import ENDED, FORMAL_BODY, NAMES, Asked, Basis
from casework.purposes import DATA_CLASSES, PURPOSES
from casework.tables import case_access
from chassis.actor import Actor
from chassis.rights import Rights
from chassis.testing import ServiceUnderTest
from chassis.testing import statements as statements
from chassis.unit_of_work import UnitOfWork
from hypothesis import strategies as st
from sqlalchemy import insert, select

from .casefile.app import RIGHTS, Sheet

AT = datetime(2024, 3, 4, 10, tzinfo=UTC)
CASEWORKER = Actor(sub="a-caseworker", agency="ngo-amc", roles=frozenset({"caseworker"}), client="test")
ASSESSOR = Actor(sub="an-assessor", agency="mia-special", roles=frozenset({"assessor"}), client="test")
AUDITOR = Actor(sub="an-auditor", agency="ombudsman", roles=frozenset({"auditor"}), client="test")


def of(agency: str, *roles: str) -> Actor:
    """Somebody of the agency, a caseworker unless their roles are named."""
    return replace(CASEWORKER, agency=agency, roles=frozenset(roles or {"caseworker"}))


@asynccontextmanager
async def acting(
    desk: ServiceUnderTest, actor: Actor = CASEWORKER, rights: Rights = RIGHTS
) -> AsyncIterator[UnitOfWork]:
    """A transaction of the actor; it commits at the end."""
    async with desk.session() as session:
        yield UnitOfWork(session, actor, AT, None, rights)


async def known(desk: ServiceUnderTest, case_id: UUID) -> set[tuple[str, Basis]]:
    """The rows of a case: which agency knows of it on which basis."""
    column = case_access.c
    found = select(column.agency, column.basis, column.about, column.data_class, column.ref)
    async with desk.session() as session:
        rows = await session.execute(found.where(column.case_id == case_id))
        return {(agency, Basis(*basis)) for agency, *basis in rows}


async def put(desk: ServiceUnderTest, case_id: UUID, agency: str, *bases: Basis) -> None:
    """Rows as they stand in the table, past every gate."""
    async with desk.session() as session:
        await put_in(session, [(case_id, agency, basis) for basis in bases])


async def put_in(session: Any, rows: list[tuple[UUID, str, Basis]]) -> None:
    values = [
        {"case_id": case_id, "agency": agency, "basis": b.name, "about": b.about, "data_class": b.data_class}
        | {"ref": b.ref, "since": AT}
        for case_id, agency, b in rows
    ]
    if values:
        await session.execute(insert(case_access), values)


async def a_sheet(desk: ServiceUnderTest, agency: str = "ngo-amc", *bases: Basis, note: str = "a note") -> Sheet:
    """A sheet of a new case that the agency knows of on these bases."""
    sheet = Sheet(id=uuid4(), case_id=uuid4(), state="open", note=note, version=1)
    async with desk.session() as session:
        session.add(sheet)
        await session.flush()
        await put_in(session, [(sheet.case_id, agency, basis) for basis in bases])
    return sheet


KINDS = ("place", "handover", "course")
REFS = tuple(UUID(int=number) for number in (1, 2))
SOME_PURPOSES = PURPOSES[:3]
SOME_CLASSES = DATA_CLASSES[:2]


def any_basis() -> st.SearchStrategy[Basis]:
    """A row that can stand in `case_access`."""
    refs, names = st.sampled_from(REFS), st.sampled_from(["asked", "serves"])
    return st.one_of(
        st.sampled_from([Basis("holder"), FORMAL_BODY, Basis("formal_body", ENDED), Basis("guardian_authority")]),
        st.builds(lambda name, kind, ref: Basis(name, kind, ref=ref), names, _some(KINDS), refs),
        st.builds(lambda ref: Basis("told_of_bar", ref=ref), refs),
        a_consent(),
        st.builds(lambda data_class, ref: Basis("court", data_class=data_class, ref=ref), _some(SOME_CLASSES), refs),
    )


def a_consent() -> st.SearchStrategy[Basis]:
    return st.builds(Basis, st.just("consent"), _some(SOME_PURPOSES), _some(SOME_CLASSES), st.sampled_from(REFS))


def _some(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


def any_asked() -> st.SearchStrategy[Asked]:
    """What a cell can ask for: a name, perhaps narrowed to kinds or purposes, and to classes of data."""
    about = st.frozensets(st.sampled_from(KINDS + SOME_PURPOSES), max_size=2)
    return st.builds(Asked, st.sampled_from(NAMES), about, st.frozensets(st.sampled_from(SOME_CLASSES), max_size=1))


ROLES = ("caseworker", "assessor", "auditor")
ACTIONS = ("read_it", "change", "close")


def any_rights() -> st.SearchStrategy[dict[str, dict[str, object]]]:
    """A rights table: each action for some roles, by bases or by scope."""
    cell = st.lists(any_asked(), min_size=1, max_size=3).map(tuple) | st.sampled_from(["all", "none", "agency"])
    return st.fixed_dictionaries({action: st.dictionaries(st.sampled_from(ROLES), cell) for action in ACTIONS})
