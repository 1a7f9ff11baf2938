"""Rows that are inserted by one statement, which is prepared once: a list for each column."""

from uuid import UUID, uuid4

from chassis.bulk import as_lists, insert_lists
from chassis.testing import ServiceUnderTest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from .givens import AT, rows
from .noticeboard.app import Base

NOTICES = Base.metadata.tables["notice"]


def _notices(case_id: UUID, *templates: str) -> list[dict[str, object]]:
    common = {"case_id": case_id, "amount": 0, "note": "", "effective_at": AT, "version": 1}
    return [common | {"id": uuid4(), "template": template} for template in templates]


async def test_rows_are_inserted_as_they_are_and_one_that_stands_is_left_alone(board: ServiceUnderTest) -> None:
    case_id = uuid4()
    insert = insert_lists(NOTICES, *NOTICES.c.keys())
    first, second, third = _notices(case_id, "b_first", "a_second", "c_third")
    async with board.session() as session:
        await session.execute(insert, as_lists([first, second]))
        again = first | {"template": "d_again"}
        await session.execute(insert.on_conflict_do_nothing(), as_lists([again, third]))
    found = await rows(
        board, "select template, effective_at from notice where case_id = :c order by template", c=case_id
    )
    assert [(row.template, row.effective_at) for row in found] == [
        (name, AT) for name in ("a_second", "b_first", "c_third")
    ]


async def test_a_row_that_stands_can_be_changed_by_what_is_inserted(board: ServiceUnderTest) -> None:
    case_id = uuid4()
    insert = insert_lists(NOTICES, *NOTICES.c.keys())
    more = {"amount": NOTICES.c.amount + insert.excluded.amount}
    one, other = _notices(case_id, "one", "other")
    async with board.session() as session:
        for amount in (1, 2):
            stored = insert.on_conflict_do_update(index_elements=["id"], set_=more)
            await session.execute(stored, as_lists([one | {"amount": amount}, other | {"amount": 10 * amount}]))
    found = await rows(board, "select amount from notice where case_id = :c order by template", c=case_id)
    assert [row.amount for row in found] == [3, 30]


async def test_a_column_of_lists_gets_each_row_s_own(board: ServiceUnderTest) -> None:
    lists = Table("lists", MetaData(), Column("id", Integer), Column("words", ARRAY(Text)))
    words = [["one"], [], ['with "quotes"', "and \\ more", "and, {braces}", "NULL"]]
    async with board.session() as session:
        await session.execute(text("create temp table lists (id int, words text[]) on commit drop"))
        given = [{"id": number, "words": of} for number, of in enumerate(words)]
        await session.execute(insert_lists(lists, "id", "words"), as_lists(given))
        found = (await session.execute(lists.select().order_by("id"))).all()
    assert [row.words for row in found] == words
