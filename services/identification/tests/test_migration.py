"""A database of before access by basis is migrated exactly: old rows say why, and references follow from ids."""

from uuid import UUID, uuid4

from chassis.testing.revisions import EarlierDatabase, earlier_database
from identification.app import SERVICE
from nrm_events.reference import case_reference

ADULT, CHILD, REPORTED_CHILD = uuid4(), uuid4(), uuid4()
GRANTED, OTHER, WITHDRAWN, TO_POLICE, TO_UNKNOWN = (uuid4() for _ in range(5))
NO_ID = UUID(int=0)


def a_case(database: EarlierDatabase, case_id: UUID, age_group: str, status: str) -> None:
    database.rows.execute(
        "insert into case_file (id, case_ref, status, version, holder, source, age_group, citizenship, age_doubted,"
        " sex, reported_at, categories) values (%s, %s, %s, 1, 'ngo-amc', 'ngo-amc', %s, 'citizen', false, 'female',"
        " '2024-03-01T00:00Z', '{}')",
        (case_id, f"old-{case_id}", status, age_group),
    )
    knows(database, case_id, "ngo-amc", "holder")


def knows(database: EarlierDatabase, case_id: UUID, agency: str, basis: str) -> None:
    database.rows.execute(
        "insert into case_access (case_id, agency, basis, since) values (%s, %s, %s, '2024-03-02T00:00Z')",
        (case_id, agency, basis),
    )


def a_consent(database: EarlierDatabase, consent_id: UUID, recipient: str, withdrawn: bool = False) -> None:
    """As it was recorded: the recipient may know of the case while the consent stands."""
    database.rows.execute(
        "insert into consent (id, case_id, recipient, purpose, data_class, given_at, withdrawn_at)"
        " values (%s, %s, %s, 'legal_aid', 'needs', '2024-03-02T00:00Z', %s)",
        (consent_id, ADULT, recipient, "2024-03-03T00:00Z" if withdrawn else None),
    )
    if not withdrawn:
        knows(database, ADULT, recipient, f"consent:{consent_id}")


def test_each_old_row_says_why_and_opens_nothing_to_police() -> None:
    """ID-5, ID-7, ID-12: a consent of an agency whose kind nobody stated counts as one to police."""
    with earlier_database(SERVICE, "0008") as database:
        a_case(database, ADULT, "adult", "registered")
        a_case(database, CHILD, "child", "registered")
        a_case(database, REPORTED_CHILD, "child", "reported")
        knows(database, ADULT, "mia-special", "referral")
        a_consent(database, GRANTED, "ngo-acu")
        a_consent(database, OTHER, "iom")
        a_consent(database, WITHDRAWN, "vac", withdrawn=True)
        a_consent(database, TO_POLICE, "mia-shelter")
        a_consent(database, TO_UNKNOWN, "ngo-nobodyknows")
        database.upgrade()
        rows = database.rows.execute("select case_id, agency, basis, about, data_class, ref from case_access")
        assert set(rows.fetchall()) == {
            (ADULT, "ngo-amc", "holder", "", "", NO_ID),
            (ADULT, "mia-special", "formal_body", "", "", NO_ID),
            (ADULT, "ngo-acu", "consent", "legal_aid", "needs", GRANTED),
            (ADULT, "iom", "consent", "legal_aid", "needs", OTHER),
            (CHILD, "ngo-amc", "holder", "", "", NO_ID),
            (CHILD, "scfwca", "guardian_authority", "", "", NO_ID),
            (REPORTED_CHILD, "ngo-amc", "holder", "", "", NO_ID),
            (REPORTED_CHILD, "scfwca", "guardian_authority", "", "", NO_ID),
        }
        references = database.rows.execute("select id, case_ref from case_file").fetchall()
        assert dict(references) == {one: case_reference(one) for one in (ADULT, CHILD, REPORTED_CHILD)}


DECLINED, REVOKED, OPEN, FORMAL = (uuid4() for _ in range(4))


def an_entry(database: EarlierDatabase, actor: str, action: str, subject: str, facts: str = "{}") -> None:
    database.rows.execute(
        "insert into audit_entry (chain, position, recorded_at, actor, agency, action, kind, subject, outcome, facts,"
        " previous, hash) select 0, count(*) + 1, now(), %s, 'mia-special', %s, 'act', %s, 'done', %s, '', ''"
        " from audit_entry",
        (actor, action, subject, facts),
    )


def a_decision(database: EarlierDatabase, decision_id: UUID, kind: str, reasons: str, **more: str) -> None:
    columns = "".join(f", {column}" for column in more)
    values = ", %s" * len(more)
    database.rows.execute(
        f"insert into decision (id, case_id, authority, kind, about, reasons, decided_at{columns})"  # noqa: S608
        f" values (%s, %s, 'mia-special', %s, 'formal', %s, '2024-03-05T00:00Z'{values})",
        (decision_id, ADULT, kind, reasons, *more.values()),
    )


def test_old_appeals_become_rows_and_nobodys_cooperation_is_a_ground() -> None:
    """ID-9, ID-11: who decided is known from the audit; an old appeal has its body, outcome and document."""
    with earlier_database(SERVICE, "0011") as database:
        a_case(database, ADULT, "adult", "not_recognised")
        a_decision(
            database,
            DECLINED,
            "declined",
            "{person_declined}",
            appealed_at="2024-03-06T00:00Z",
            appeal_rejected_at="2024-03-07T00:00Z",
            appeal_decided_by="court",
            appeal_reference="1/2024",
        )
        a_decision(database, REVOKED, "revoked", "{person_declined,new_facts}")
        a_decision(database, OPEN, "declined", "{new_facts}", appealed_at="2024-03-06T00:00Z")
        database.rows.execute(
            "insert into recognition (id, case_id, kind, authority, reasons, dissent, since, revoked_reasons)"
            " values (%s, %s, 'formal', 'mia-special', '{own_account}', '{person_declined}', now(), '{}')",
            (FORMAL, ADULT),
        )
        an_entry(database, "officer-1", "decline", f"decision/{DECLINED}")
        an_entry(database, "officer-2", "revoke", f"recognition/{FORMAL}", f'{{"decision": "{REVOKED}"}}')
        database.upgrade()
        decisions = database.rows.execute("select id, decided_by_person, reasons from decision").fetchall()
        assert {row[0]: row[1:] for row in decisions} == {
            DECLINED: ("officer-1", ["no_ground_recorded"]),
            REVOKED: ("officer-2", ["new_facts"]),
            OPEN: ("unknown", ["new_facts"]),
        }
        appeals = database.rows.execute(
            "select decision_id, body, entered_by, outcome, decision_reference from appeal"
        ).fetchall()
        assert set(appeals) == {
            (DECLINED, "court", "unknown", "upheld", "1/2024"),
            (OPEN, "unknown", "unknown", None, None),
        }
        assert database.rows.execute("select dissent from recognition").fetchall() == [([],)]


def test_progress_by_agency_and_waiting_consents_are_made_from_what_is_stored() -> None:
    """ID-7, ID-12: whoever read the progress of a case is in its lists and counts after the migration too."""
    with earlier_database(SERVICE, "0018") as database:
        a_case(database, ADULT, "adult", "registered")
        a_case(database, CHILD, "child", "registered")
        knows(database, ADULT, "mia-special", "formal_body")
        knows(database, CHILD, "scfwca", "guardian_authority")
        knows(database, CHILD, "iom", "told_of_bar")
        a_consent(database, WITHDRAWN, "vac", withdrawn=True)
        a_consent(database, OTHER, "vac", withdrawn=True)
        database.rows.execute(
            "insert into consent_acknowledgement select %s, service, now() from"
            " unnest(array['shelter', 'fund', 'repatriation', 'notify', 'exchange']) service",
            (OTHER,),
        )
        database.upgrade()
        progress = database.rows.execute("select case_id, agency, status, holder from case_progress")
        assert set(progress.fetchall()) == {
            (ADULT, "ngo-amc", "registered", "ngo-amc"),
            (ADULT, "mia-special", "registered", "ngo-amc"),
            (CHILD, "ngo-amc", "registered", "ngo-amc"),
            (CHILD, "scfwca", "registered", "ngo-amc"),
        }
        counted = database.rows.execute("select agency, status, cases from case_count")
        assert set(counted.fetchall()) == {
            ("ngo-amc", "registered", 2),
            ("mia-special", "registered", 1),
            ("scfwca", "registered", 1),
        }
        assert database.rows.execute("select id from consent where waits").fetchall() == [(WITHDRAWN,)]
