"""A database of before access by basis is migrated exactly; a consent in it opens nothing until the rebuild."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from chassis.testing.revisions import EarlierDatabase, earlier_database
from fund.app import SERVICE

CASE, OTHER, CONSENT = uuid4(), uuid4(), uuid4()
NO_ID = UUID(int=0)
OLD = f"""
    insert into case_access (case_id, agency, basis, since) values
      ('{CASE}', 'ngo-amc', 'holder', '2024-03-04T10:00Z'),
      ('{CASE}', 'mia-special', 'referral', '2024-03-05T10:00Z'),
      ('{CASE}', 'ngo-acu', 'consent:{CONSENT}', '2024-03-06T10:00Z');
    insert into recognition (recognition_id, case_id, kind, since) values
      ('{OTHER}', '{OTHER}', 'potential', '2024-03-07T10:00Z')
"""  # noqa: S608  ids of this test


@pytest.fixture
def before() -> Iterator[EarlierDatabase]:
    """A database of the revision before."""
    with earlier_database(SERVICE, "0003") as made:
        yield made


def test_old_rows_say_why_and_the_purpose_of_a_consent_is_read_from_the_events(before: EarlierDatabase) -> None:
    """ID-12: a consent of before opens nothing until the rebuild; a case was opened when it was first known."""
    before.rows.execute("set timezone = 'UTC'")
    before.rows.execute(OLD)
    before.migrate("0004")
    columns = "case_id, agency, basis, about, data_class, ref, since::date::text"
    rows = before.rows.execute(f"select {columns} from case_access order by since").fetchall()  # noqa: S608
    assert [tuple(row) for row in rows] == [
        (CASE, "ngo-amc", "holder", "", "", NO_ID, "2024-03-04"),
        (CASE, "mia-special", "formal_body", "", "", NO_ID, "2024-03-05"),
        (CASE, "ngo-acu", "consent", "", "", CONSENT, "2024-03-06"),
    ]
    opened = before.rows.execute("select case_id, opened_at::date::text from opened_case").fetchall()
    assert {tuple(row) for row in opened} == {(CASE, "2024-03-04"), (OTHER, "2024-03-07")}
    ordered = before.rows.execute("select projection, state from rebuild").fetchall()
    assert [tuple(row) for row in ordered] == [("cases", "running")]


def test_an_empty_database_orders_no_rebuild(before: EarlierDatabase) -> None:
    before.migrate("0004")
    assert before.rows.execute("select count(*) from rebuild").fetchone() == (0,)
