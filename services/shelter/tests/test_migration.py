"""Rows of case_access from before there were typed bases, converted by the state of what they point at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis.testing.revisions import EarlierDatabase, earlier_database
from psycopg import sql
from shelter.app import SERVICE

ASKED_AT = datetime(2024, 3, 4, 6, tzinfo=UTC)
MOVED_IN_AT, LEFT_AT, TAKEN_AT = (ASKED_AT + timedelta(days=days) for days in (1, 20, 21))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NO_ID = UUID(int=0)
Row = tuple[UUID, str, str, str, UUID, datetime]


@pytest.fixture
def before() -> Iterator[EarlierDatabase]:
    """A database of the revision before."""
    with earlier_database(SERVICE, "0003") as made:
        yield made


def a_stay(
    database: psycopg.Connection[Any],
    state: str,
    addressees: dict[str, bool] | None = None,
    case_id: UUID | None = None,
    **more: Any,
) -> tuple[UUID, UUID]:
    """The ids of a stay and its case; `addressees` maps each operator to whether it refused."""
    stay_id, case_id = uuid4(), case_id or uuid4()
    columns: dict[str, Any] = {
        "id": stay_id,
        "case_id": case_id,
        "state": state,
        "asked_by": "ngo-amc",
        "category": "adult",
        "sex": "female",
        "age_group": "adult",
        "track": "Other",
        "children": 0,
        "accessibility": [],
        "region_rule": "prefer",
        "protection": "unknown",
        "wanted_from": ASKED_AT.date(),
        "requested_at": ASKED_AT,
        "last_act_at": ASKED_AT,
        "recorded_at": ASKED_AT,
    }
    if state in ("admitted", "ended"):
        columns |= {"admitted_at": MOVED_IN_AT, "counted_from": MOVED_IN_AT.date(), "ends_on": LEFT_AT.date()}
    if state == "ended":
        columns |= {"ended_at": LEFT_AT, "how": "left"}
    insert(database, "stay", columns | more)
    for operator, refused in (addressees or {}).items():
        refused_at = ASKED_AT if refused else None
        insert(database, "stay_addressee", {"stay_id": stay_id, "operator": operator, "refused_at": refused_at})
    return stay_id, case_id


def a_handover(database: psycopg.Connection[Any], state: str) -> tuple[UUID, UUID]:
    handover_id, case_id = uuid4(), uuid4()
    columns: dict[str, Any] = {
        "id": handover_id,
        "case_id": case_id,
        "state": state,
        "from_agency": "ngo-amc",
        "to_agency": "vac",
        "requested_at": ASKED_AT,
        "acknowledged_at": TAKEN_AT if state == "acknowledged" else None,
        "recorded_at": ASKED_AT,
    }
    insert(database, "handover", columns)
    return handover_id, case_id


def insert(database: psycopg.Connection[Any], table: str, columns: dict[str, Any]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.Placeholder() * len(columns))
    statement = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), names, values)
    database.execute(statement, list(columns.values()))


def knew(database: psycopg.Connection[Any], case_id: UUID, agency: str, basis: str) -> None:
    insert(database, "case_access", {"case_id": case_id, "agency": agency, "basis": basis, "since": LONG_AGO})


def rows(database: psycopg.Connection[Any]) -> set[Row]:
    found = database.execute("select case_id, agency, basis, about, ref, since from case_access").fetchall()
    return set(found)


def test_what_waits_what_goes_on_and_what_has_ended(before: EarlierDatabase) -> None:
    """ID-12, SH-7: each old row becomes the basis that the same act writes now, or goes."""
    database = before.rows
    expected: set[Row] = set()
    for state in ("requested", "waitlisted", "offered"):
        stay, case = a_stay(database, state, {"mia-shelter": False, "ngo-acu": False, "ngo-clean-world": True})
        for operator in ("mia-shelter", "ngo-acu", "ngo-clean-world"):  # the last was left over: it has refused
            knew(database, case, operator, f"stay:{stay}")
        expected |= {(case, operator, "asked", "place", stay, ASKED_AT) for operator in ("mia-shelter", "ngo-acu")}
    for state in ("refused", "declined", "lapsed"):
        stay, case = a_stay(database, state, {"ngo-acu": False})
        knew(database, case, "ngo-acu", f"stay:{stay}")
    for state, kind, since in (("admitted", "place", MOVED_IN_AT), ("ended", "former_place", LEFT_AT)):
        stay, case = a_stay(database, state, {"ngo-acu": False, "mia-shelter": False}, operator="ngo-acu")
        knew(database, case, "ngo-acu", f"stay:{stay}")
        knew(database, case, "mia-shelter", f"stay:{stay}")
        expected.add((case, "ngo-acu", "serves", kind, stay, since))
    for state, basis, since in (("requested", "asked", ASKED_AT), ("acknowledged", "serves", TAKEN_AT)):
        handover, case = a_handover(database, state)
        knew(database, case, "vac", f"handover:{handover}")
        expected.add((case, "vac", basis, "handover", handover, since))
    handover, case = a_handover(database, "withdrawn")
    knew(database, case, "vac", f"handover:{handover}")
    a_handover(database, "acknowledged")  # without a row: the consent that it rested on was withdrawn
    before.upgrade()
    assert rows(database) == expected


def test_a_stay_after_a_transfer_has_its_own_basis_from_now_on(before: EarlierDatabase) -> None:
    """SH-1: until now its operator knew of the case by the first stay alone."""
    database = before.rows
    first, case = a_stay(database, "ended", {"ngo-acu": False}, operator="ngo-acu")
    knew(database, case, "ngo-acu", f"stay:{first}")
    moved: dict[str, Any] = {"case_id": case, "operator": "ngo-acu", "admitted_at": LEFT_AT}
    second, _ = a_stay(database, "admitted", transferred_from=first, **moved)
    before.upgrade()
    assert rows(database) == {
        (case, "ngo-acu", "serves", "former_place", first, LEFT_AT),
        (case, "ngo-acu", "serves", "place", second, LEFT_AT),
    }


def test_rows_of_other_services_events_and_the_rebuild_that_completes_them(
    before: EarlierDatabase,
) -> None:
    """ID-7, ID-12: the purpose of a consent is in its event alone: until the rebuild it opens nothing."""
    database = before.rows
    case, consent = uuid4(), uuid4()
    knew(database, case, "ngo-amc", "holder")
    knew(database, case, "mia-special", "referral")
    knew(database, case, "vac", f"consent:{consent}")
    facts = {"case_id": case, "holder": "ngo-amc", "age_group": "adult", "opened_at": LONG_AGO}
    insert(database, "case_facts", facts)
    before.upgrade()
    assert rows(database) == {
        (case, "ngo-amc", "holder", "", NO_ID, LONG_AGO),
        (case, "mia-special", "formal_body", "", NO_ID, LONG_AGO),
        (case, "vac", "consent", "", consent, LONG_AGO),
    }
    ordered = database.execute("select projection, state from rebuild").fetchall()
    assert ordered == [("cases", "running")]


def test_an_empty_database_orders_no_rebuild(before: EarlierDatabase) -> None:
    database = before.rows
    before.upgrade()
    assert rows(database) == set()
    assert database.execute("select count(*) from rebuild").fetchone() == (0,)


def test_what_is_there_is_listed_as_what_comes_is() -> None:
    """Lists of before are filled as triggers fill them, by accesses and by agreements."""
    with earlier_database(SERVICE, "0009") as before:
        rows = before.rows
        stay, case_id = a_stay(rows, "admitted", operator="mia-shelter")
        _, other = a_stay(rows, "ended", operator="mia-shelter")
        for agency, basis in (("ngo-amc", "holder"), ("mia-special", "formal_body"), ("mia-shelter", "serves")):
            insert(rows, "case_access", {"case_id": case_id, "agency": agency, "basis": basis, "since": ASKED_AT})
        insert(rows, "case_access", {"case_id": other, "agency": "ngo-amc", "basis": "holder", "since": ASKED_AT})
        agreed = {"consent_id": uuid4(), "case_id": case_id, "recipient": "mia-special", "purpose": "shelter"}
        insert(rows, "agreement", agreed | {"since": ASKED_AT})
        waits = {"state": "requested", "requested_at": ASKED_AT, "requested_by": "a", "reason": "recovery"}
        insert(rows, "extension", waits | {"id": uuid4(), "stay_id": stay})
        before.migrate("0010")
        query = "select case_id, agency, way, standing, extension_pending from stay_listed order by 1, 2, 3"
        found = {tuple(row) for row in rows.execute(query).fetchall()}
        of_stay = {
            ("ngo-amc", "holder+"),
            ("mia-special", "formal_body"),
            ("mia-special", "agreed"),
            ("mia-shelter", "serves"),
        }
        assert found == {(case_id, *way, "admitted", True) for way in of_stay} | {
            (other, "ngo-amc", "holder+", "left", False)
        }
        for table in ("case_access", "agreement"):
            rows.execute(f"create temp table of_{table} as table {table}; delete from {table}")  # noqa: S608
        assert rows.execute("select count(*) from stay_listed").fetchone() == (0,)
        for table in ("case_access", "agreement"):
            rows.execute(f"insert into {table} select * from of_{table}")  # noqa: S608
        assert {tuple(row) for row in rows.execute(query).fetchall()} == found
