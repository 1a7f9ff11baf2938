"""A hidden case and one that does not exist take the same statements, whatever is asked (ID-7)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework import access, aggregate
from casework.access import Access
from casework.bases import FORMAL_BODY, HOLDER, told_of_bar
from chassis.errors import DomainError, NotFound
from chassis.testing import Person, ServiceUnderTest
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from .casefile.app import Sheet
from .givens import AT, CASEWORKER, a_sheet, acting, of, statements
from .signed_in import SignedIn

Work = Callable[[UnitOfWork, UUID], Awaitable[Any]]


async def _require(uow: UnitOfWork, case_id: UUID) -> Any:
    return await access.require(uow, case_id, for_="see_sheet")


async def _load(uow: UnitOfWork, sheet_id: UUID) -> Any:
    return await aggregate.load(uow, Sheet, sheet_id, for_="close_sheet")


async def _list(uow: UnitOfWork, case_id: UUID) -> Any:
    found = select(Sheet).where(access.visible(uow, Sheet.case_id, for_="see_sheet"), Sheet.case_id == case_id)
    return list(await uow.session.scalars(found))


async def _bases(uow: UnitOfWork, case_id: UUID) -> Any:
    return await access.bases(uow, case_id)


async def _is_known(uow: UnitOfWork, case_id: UUID) -> Any:
    return await access.is_known_to(uow, case_id, [uow.actor.agency])


async def _statements(desk: ServiceUnderTest, work: Work, id_: UUID, agency: str) -> tuple[list[str], str]:
    """What was executed, and what came of it."""
    async with acting(desk, of(agency)) as uow:
        with statements(desk) as executed:
            try:
                outcome = repr(await work(uow, id_))
            except DomainError as refused:
                outcome = refused.code
        return executed, outcome


@pytest.mark.parametrize("work", [_require, _load, _list, _bases, _is_known])
async def test_hidden_and_missing_take_the_same_statements(desk: ServiceUnderTest, work: Work) -> None:
    sheet = await a_sheet(desk, "vac", HOLDER)
    hidden = await _statements(desk, work, sheet.id if work is _load else sheet.case_id, "ngo-amc")
    missing = await _statements(desk, work, uuid4(), "ngo-amc")
    assert hidden == missing
    assert len(hidden[0]) == 1


async def test_the_same_statements_in_a_case_that_many_others_know_of(desk: ServiceUnderTest) -> None:
    sheet = await a_sheet(desk, "vac", HOLDER, told_of_bar(uuid4()))
    async with acting(desk) as uow:
        await access.grant(uow, [Access(sheet.case_id, agency, FORMAL_BODY, AT) for agency in ("iom", "moh", "moe")])
    assert await _statements(desk, _load, sheet.id, "ngo-amc") == await _statements(desk, _load, uuid4(), "ngo-amc")


async def test_nothing_is_locked_of_a_case_that_may_not_be_known(desk: ServiceUnderTest) -> None:
    """A lock that is waited for would tell that there is something."""
    sheet = await a_sheet(desk, "vac", HOLDER)
    async with acting(desk, of("vac")) as holder:
        await aggregate.load(holder, Sheet, sheet.id, for_="close_sheet")
        async with acting(desk) as other:
            with pytest.raises(NotFound):
                await aggregate.load(other, Sheet, sheet.id, for_="close_sheet")


async def test_over_http_the_answers_are_the_same_bytes_by_the_same_statements(own_desk: ServiceUnderTest) -> None:
    own_desk.app.state.verifier = SignedIn(CASEWORKER)
    sheet, person = await a_sheet(own_desk, "vac", HOLDER), Person(own_desk.http, "any")
    questions: list[Callable[[UUID], Awaitable[Any]]] = [
        lambda id_: person.get(f"/api/sheets/{id_}"),
        lambda id_: person.post(f"/api/sheets/{id_}/change", {"note": "x"}),
        lambda id_: person.post(f"/api/sheets/{id_}/close", {"version": 1}),
    ]
    for ask in questions:
        answers = []
        for id_ in (sheet.id, uuid4()):
            with statements(own_desk) as executed:
                answer = await ask(id_)
            answers.append((answer.status_code, answer.content, list(executed)))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
