"""A database of before access by basis is migrated exactly: what each old row of `case_access` stood for."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from chassis.testing.revisions import EarlierDatabase, earlier_database
from repatriation.app import SERVICE

NO_ID = UUID(int=0)
CASE, GONE = uuid4(), uuid4()
STANDING, LATER_BAR, LIFTED, HIDDEN = (uuid4() for _ in range(4))
LODGED, REFUSED, GRANTED, EXPIRED, CANCELLED, ELIGIBLE = (uuid4() for _ in range(6))
FIRST, SECOND, WITHDRAWN, OF_POLICE, OF_JOINED, NOTICE = (uuid4() for _ in range(6))
OFFERED, ACKNOWLEDGED, OUTSIDE, CLOSED = (uuid4() for _ in range(4))


def _bar(id_: UUID, state: str, notified: bool, since: str) -> str:
    lifted = "now(), 'date_came'" if state == "lifted" else "null, null"
    return (
        f"('{id_}', '{CASE}', 'decision', false, '{state}', 1, '{since}', {str(notified).lower()}, false, {lifted}, "
        "now(), now())"
    )


def _permit(id_: UUID, case_id: UUID, state: str, applied: str | None) -> str:
    at = f"'{applied}'" if applied else "null"
    until = "'2027-01-01'" if state in ("granted", "expired") else "null"
    return (
        f"('{id_}', '{case_id}', 'victim', '{state}', 1, 1, '2024-03-01', {at}, {until}, false, '2024-05-01', "
        "'2024-05-01')"
    )


def _decision(permit_id: UUID, at: str) -> str:
    return f"('{uuid4()}', '{permit_id}', 1, 'granted', 12, '2027-01-01', array[]::text[], 'x', '{at}', '{at}')"


def _return(id_: UUID, state: str, to: str, handed_over_at: str | None) -> str:
    at = f"'{handed_over_at}'" if handed_over_at else "null"
    return (
        f"('{id_}', '{uuid4()}', 'IN', 'ngo-amc', '{state}', 1, '2024-03-01', '2024-03-02', array[]::text[], "
        f"'2024-04-01', '{to}', {at}, '2024-04-02', '2024-04-02')"
    )


OLD = f"""
  insert into case_access (case_id, agency, basis, since) values
    ('{CASE}', 'ngo-amc', 'holder', '2024-03-01'), ('{CASE}', 'mia-special', 'referral', '2024-03-02'),
    ('{CASE}', 'iom', 'return', '2024-03-03'), ('{CASE}', 'ngo-clrpl', 'legal_aid', '2024-03-04'),
    ('{CASE}', 'mia-shelter', 'joint_assessment', '2024-03-05'), ('{CASE}', 'ngo-new', 'legal_aid', '2024-03-06'),
    ('{CASE}', 'sms', 'removal_bar', '2024-03-07'), ('{CASE}', 'sms', 'permit_application', '2024-03-08'),
    ('{GONE}', 'sms', 'permit_application', '2024-03-08'), ('{GONE}', 'sms', 'removal_bar', '2024-03-09');
  insert into consent (consent_id, case_id, recipient, purpose, given_at, withdrawn_at) values
    ('{FIRST}', '{CASE}', 'iom', 'return', '2024-03-03', null),
    ('{SECOND}', '{CASE}', 'iom', 'return', '2024-03-20', null),
    ('{WITHDRAWN}', '{CASE}', 'ngo-clrpl', 'legal_aid', '2024-03-04', '2024-03-05'),
    ('{OF_POLICE}', '{CASE}', 'mia-shelter', 'joint_assessment', '2024-03-05', null),
    ('{OF_JOINED}', '{CASE}', 'ngo-new', 'legal_aid', '2024-03-06', null),
    ('{NOTICE}', '{CASE}', 'sms', 'removal_bar', '2024-03-07', null);
  insert into bar (id, case_id, basis, advisory, state, version, since, told, re_examine, lifted_at, lifted_by,
    effective_at, recorded_at) values
    {_bar(STANDING, "standing", True, "2024-03-05")}, {_bar(LATER_BAR, "standing", True, "2024-03-15")},
    {_bar(LIFTED, "lifted", True, "2024-03-05")}, {_bar(HIDDEN, "standing", False, "2024-03-05")};
  drop index uq_permit_live;
  insert into permit (id, case_id, ground, state, version, round, opened_at, applied_at, valid_until, re_examine,
    effective_at, recorded_at) values
    {_permit(LODGED, CASE, "lodged", "2024-03-08")}, {_permit(REFUSED, CASE, "refused", "2024-03-09")},
    {_permit(GRANTED, CASE, "granted", "2024-03-10")}, {_permit(EXPIRED, CASE, "expired", "2024-03-11")},
    {_permit(CANCELLED, GONE, "cancelled", "2024-03-08")}, {_permit(ELIGIBLE, CASE, "eligible", None)};
  insert into permit_decision (id, permit_id, round, outcome, months, valid_until, reasons, decided_by, decided_at,
    recorded_at) values {_decision(GRANTED, "2024-04-10")}, {_decision(EXPIRED, "2024-04-11")},
    {_decision(CANCELLED, "2024-04-12")};
  insert into voluntary_return (id, case_id, country, agency, state, version, requested_at, consent_at, claims_found,
    departed_at, handover_to, handed_over_at, effective_at, recorded_at) values
    {_return(OFFERED, "departed", "iom", None)}, {_return(ACKNOWLEDGED, "monitored", "iom", "2024-04-05")},
    {_return(OUTSIDE, "departed", "receiving_ngo", None)}, {_return(CLOSED, "closed", "iom", "2024-04-05")};
"""  # noqa: S608  ids of this test
EXPECTED = {
    ("ngo-amc", "holder", "", NO_ID, "2024-03-01"),
    ("mia-special", "formal_body", "", NO_ID, "2024-03-02"),
    ("iom", "consent", "return", FIRST, "2024-03-03"),
    ("iom", "consent", "return", SECOND, "2024-03-20"),
    ("sms", "consent", "removal_bar", NOTICE, "2024-03-07"),
    ("sms", "told_of_bar", "", STANDING, "2024-03-07"),
    ("sms", "told_of_bar", "", LATER_BAR, "2024-03-15"),
    ("sms", "asked", "permit", LODGED, "2024-03-08"),
    ("sms", "asked", "permit", REFUSED, "2024-03-09"),
    ("sms", "serves", "permit", GRANTED, "2024-04-10"),
    ("sms", "serves", "permit", EXPIRED, "2024-04-11"),
    ("iom", "asked", "return_handover", OFFERED, "2024-04-02"),
    ("iom", "serves", "return_handover", ACKNOWLEDGED, "2024-04-05"),
}
"""No row by consent for police, nor for an agency of a kind that nobody knows yet: the rebuild reads it (ID-7)."""


@pytest.fixture
def before() -> Iterator[EarlierDatabase]:
    """A database of the revision before."""
    with earlier_database(SERVICE, "0001") as made:
        yield made


def test_each_old_row_becomes_what_it_stood_for(before: EarlierDatabase) -> None:
    """ID-7, ID-12, RP-4: by consent, bar, permit and return; nothing that had ended, nothing for police."""
    before.rows.execute("set timezone = 'UTC'")
    before.rows.execute(OLD)
    before.migrate("0002")
    rows = before.rows.execute("select agency, basis, about, ref, since::date::text from case_access").fetchall()
    assert sorted(map(tuple, rows)) == sorted(EXPECTED)
    ordered = before.rows.execute("select projection, state from rebuild").fetchall()
    assert [tuple(row) for row in ordered] == [("cases", "running")]


def test_a_permit_that_is_valid_gets_its_term(before: EarlierDatabase) -> None:
    """RP-1: from the day of the grant, so that the next extension counts from it; the motion that came is known."""
    before.rows.execute("set timezone = 'UTC'")
    before.rows.execute(OLD)
    before.migrate("0004")
    found = before.rows.execute("select id, term_begins::text, term_months, valid_until::text from permit").fetchall()
    terms = {row[0]: tuple(row[1:]) for row in found}
    assert terms[GRANTED] == ("2024-04-10", 33, "2027-01-01")
    assert terms[LODGED] == (None, None, None)


def test_an_empty_database_orders_no_rebuild(before: EarlierDatabase) -> None:
    """ID-12: there is nothing to make anew."""
    before.migrate("0002")
    assert before.rows.execute("select count(*) from rebuild").fetchone() == (0,)
