"""The report of an agency that has a system of its own, as its staff enter it there."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agency_connector import database
from player.connector import refer
from player.faults import NeverCame, Refused, Unreachable

CASE: dict[str, Any] = {
    "reference": "a-reference",
    "reported_at": datetime(2024, 3, 4, 10, tzinfo=UTC).isoformat(),
    "report": {"channel": "ngo", "htcds": {"prs_SecondName": "Gülşənqızı"}},
}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.db"
    database.make(path).close()
    return path


def answered(cases: Path, code: str) -> None:
    """As the loop notes it when the answer comes."""
    connection = database.find(cases)
    with connection:
        connection.execute("update submission set sent_at = happened_at, code = ?", (code,))
        connection.execute("update referral set case_id = 'a-case'")
    connection.close()


async def test_without_an_answer_it_never_came_and_entered_again_it_is_there_once(cases: Path) -> None:
    for _ in range(2):
        with pytest.raises(NeverCame):
            await refer(cases, CASE, 0.1)
    assert len(database.unsent(database.find(cases))) == 1
    answered(cases, "accepted")
    assert await refer(cases, CASE, 0.1) == "a-case"


async def test_a_refusal_is_its_code(cases: Path) -> None:
    entering = asyncio.create_task(refer(cases, CASE, 30))
    connection = database.find(cases)
    while not database.unsent(connection):  # noqa: ASYNC110  a database signals nothing
        await asyncio.sleep(0.05)
    connection.close()
    answered(cases, "not_agreed")
    with pytest.raises(Refused, match="not_agreed"):
        await entering


async def test_a_system_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="the agency's system"):
        await refer(tmp_path / "none.db", CASE, 0.1)
