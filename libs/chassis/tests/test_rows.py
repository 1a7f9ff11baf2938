"""Rows of a list: read by one statement, written by one, whichever columns changed."""

from uuid import UUID, uuid4

from chassis.database import among, update_alike
from chassis.testing import ServiceUnderTest, statements
from sqlalchemy import select

from .givens import AT, rows
from .noticeboard.app import Notice


async def _notices(board: ServiceUnderTest, case_id: UUID, count: int) -> None:
    async with board.session() as session:
        session.add_all(
            Notice(
                id=uuid4(), case_id=case_id, template=f"t_{number:02}", amount=0, note="", effective_at=AT, version=1
            )
            for number in range(count)
        )


async def test_rows_with_different_changes_are_written_by_one_statement(own_board: ServiceUnderTest) -> None:
    """What did not change keeps its value."""
    case_id = uuid4()
    await _notices(own_board, case_id, 30)
    with statements(own_board) as sent:
        async with own_board.session() as session:
            found = (
                await session.scalars(select(Notice).where(among(Notice.case_id, [case_id])).order_by(Notice.template))
            ).all()
            for number, notice in enumerate(found):
                notice.version = 2 if number % 2 else 1
                notice.amount = number % 3
            update_alike(found)
    assert len([one for one in sent if one.startswith("UPDATE")]) == 1
    written = await rows(
        own_board, "select version, amount, note from notice where case_id = :c order by template", c=case_id
    )
    assert [tuple(row) for row in written] == [(2 if n % 2 else 1, n % 3, "") for n in range(30)]


async def test_among_no_ids_there_is_no_row(own_board: ServiceUnderTest) -> None:
    await _notices(own_board, uuid4(), 2)
    async with own_board.session() as session:
        assert (await session.scalars(select(Notice).where(among(Notice.case_id, [])))).all() == []
