"""Consents and agencies from before there were bases and kinds, converted; a rebuild adds the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from chassis.testing.revisions import EarlierDatabase, earlier_database
from exchange.app import SERVICE
from nrm_events.taking_part import AGENCIES

AT = datetime(2024, 3, 4, 6, tzinfo=UTC)


@pytest.fixture
def before() -> Iterator[EarlierDatabase]:
    """A database of the revision before."""
    with earlier_database(SERVICE, "0001") as made:
        yield made


def test_a_consent_that_stands_is_a_basis_unless_its_recipient_is_or_may_be_police(before: EarlierDatabase) -> None:
    """ID-7, ID-12: withdrawn ones open nothing, and whose kind nobody knows counts as police."""
    database = before.rows
    recipients = [*AGENCIES, "ngo-nobodyknows"]
    case = uuid4()
    for recipient in recipients:
        for withdrawn_at in (None, AT):
            row = (uuid4(), case, recipient, "legal_aid", "needs", AT, withdrawn_at)
            database.execute("insert into consent values (%s, %s, %s, %s, %s, %s, %s)", row)
    before.upgrade()
    rows = database.execute("select agency, case_id, basis, about, data_class, since from case_access").fetchall()
    expected = {code for code, agency in AGENCIES.items() if agency.kind != "police"}
    assert {row[0] for row in rows} == expected
    assert {row[1:] for row in rows} == {(case, "consent", "legal_aid", "needs", AT)}
    assert len(rows) == len(expected)


def test_agencies_of_the_start_have_their_kind_and_others_none(before: EarlierDatabase) -> None:
    database = before.rows
    for code, state in [*((code, "active") for code in AGENCIES), ("ngo-nobodyknows", "removed")]:
        database.execute("insert into agency values (%s, %s, 1, %s, %s, 1)", (code, state, AT, AT))
    before.upgrade()
    rows = database.execute("select code, kind, joined_at, removed_at from joined_agency").fetchall()
    assert {row[0]: row[1:] for row in rows} == {
        **{code: (agency.kind, AT, None) for code, agency in AGENCIES.items()},
        "ngo-nobodyknows": (None, AT, AT),
    }


@pytest.mark.parametrize("applied", [True, False])
def test_a_rebuild_is_ordered_where_events_were_applied(before: EarlierDatabase, applied: bool) -> None:
    database = before.rows
    if applied:
        database.execute("insert into inbox (consumer, event_id) values ('exchange', %s)", (uuid4(),))
    for _ in range(2):
        before.upgrade()
    assert database.execute("select projection, state from rebuild").fetchall() == [("cases", "running")] * applied
