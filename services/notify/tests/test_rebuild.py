"""Old rows of `case_access` become what the events say, and a rebuild makes the same rows again (ADR 17, ADR 21)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from chassis.rebuild.swap import RowChanges, shadow
from chassis.testing.revisions import earlier_database
from notify.app import SERVICE
from nrm_events import Event
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl

from .givens import Scene

At = Callable[[float], datetime]
CASE, STAY, LEFT, HANDED, WAITING, APPLIED, GRANTED, REFUSED, BAR, CONSENT = (uuid4() for _ in range(10))
ACCESS = "select case_id, agency, basis, about, data_class, ref, since from case_access"


def life(at: At, case: UUID = CASE) -> list[Event]:
    """The events of a case with something of everything that gives access."""
    about: dict[str, Any] = {"case_id": case, "effective_at": at(0)}
    person: dict[str, Any] = {"age_group": "adult", "citizenship": "foreign"}
    stays = {"operator": "ngo-acu", "ends_at": at(999)}
    return [
        ids.ReferralAwaited(**about, holder="ngo-amc", due_at=at(24)),
        ids.CaseOpened(**about, **person, report_id=uuid4(), holder="ngo-amc"),
        ids.VictimReferred(
            **about | {"effective_at": at(1)}, referral_id=uuid4(), to="mia-special", reported_at=at(0), due_at=at(24)
        ),
        ids.ConsentGranted(**about, consent_id=CONSENT, recipient="iom", purpose="return", data_class="identity"),
        shl.PlaceOffered(**about, stay_id=LEFT, operator="ngo-clean-world", lapses_at=at(48)),
        shl.ShelterAdmitted(**about, stay_id=LEFT, operator="ngo-clean-world", ends_at=at(99)),
        shl.ShelterLeft(**about | {"effective_at": at(2)}, stay_id=LEFT, how="left", to="ngo_shelter"),
        shl.ShelterAdmitted(**about | {"effective_at": at(3)}, stay_id=STAY, **stays),
        shl.HandoverRequested(
            **about | {"effective_at": at(4)}, handover_id=HANDED, from_agency="ngo-acu", to="vac", due_at=at(99)
        ),
        shl.HandoverAcknowledged(**about | {"effective_at": at(5)}, handover_id=HANDED, to="vac"),
        shl.HandoverRequested(
            **about | {"effective_at": at(6)}, handover_id=WAITING, from_agency="ngo-acu", to="ngo-clrpl", due_at=at(99)
        ),
        *(
            event
            for permit in (APPLIED, GRANTED, REFUSED)
            for event in (
                rep.PermitEligible(**about, permit_id=permit, apply_by=at(99)),
                rep.PermitApplied(**about | {"effective_at": at(7)}, permit_id=permit),
            )
        ),
        rep.PermitGranted(**about | {"effective_at": at(8)}, permit_id=GRANTED, valid_until=at(9999).date()),
        rep.PermitRefused(**about | {"effective_at": at(8)}, permit_id=REFUSED, reasons=[]),
        rep.RemovalBarRaised(**about, bar_id=BAR, until=at(500)),
        rep.RemovalBarNoticed(**about | {"effective_at": at(-1)}, bar_id=BAR, until=at(500), told="sms"),
    ]


OLD_ACCESS = [
    ("ngo-amc", "holder", 0),
    ("mia-special", "referral", 1),
    ("iom", f"consent:{CONSENT}", 0),
    ("ngo-clean-world", "shelter", 0),
    ("ngo-acu", "shelter", 3),
    ("vac", f"handover:{HANDED}", 4),
    ("ngo-clrpl", f"handover:{WAITING}", 6),
    ("sms", "permit_application", 7),
    ("sms", "removal_bar", -1),
]
"""What the service before wrote for these events, by hand."""


CLOCK = (
    "insert into clock (id, case_id, kind, object_id, state, started_at, recorded_at, due_at, breach_at, duty_agency,"
    " ended_at, entered_late, version) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false, 1)"
)
ITEM = (
    "insert into inbox_item (id, case_id, event_id, template, recipient, task, subject, created_at)"
    " values (%s, %s, %s, 'new_notification', %s, %s, %s, %s)"
)


def fill(connection: "psycopg.Connection[Any]", at: At, stay_clock: UUID, case: UUID = CASE) -> None:
    """Rows as version 2 of the service wrote them for `life`."""
    connection.execute("insert into known_case values (%s, 'ngo-amc', null)", [case])
    for agency, basis, hour in OLD_ACCESS:
        connection.execute(
            "insert into case_access (case_id, agency, basis, since) values (%s, %s, %s, %s)",
            [case, agency, basis, at(hour)],
        )

    def clock(kind: str, object_id: UUID, state: str, started: float, ended: float | None, duty: str | None) -> None:
        id_ = stay_clock if kind == "stay" and ended is None else uuid4()
        ends = None if ended is None else at(ended)
        times = [at(started), at(started), at(999), at(999)]
        connection.execute(CLOCK, [id_, case, kind, object_id, state, *times, duty, ends])

    clock("stay", LEFT, "met", 0, 2, "ngo-clean-world")
    clock("stay", STAY, "running", 3, None, "ngo-acu")
    clock("handover", HANDED, "met", 4, 5, "vac")
    clock("handover", WAITING, "breached", 6, None, "ngo-clrpl")
    for permit in (APPLIED, GRANTED, REFUSED):
        clock("permit_application", permit, "met_late", 0, 7, None)
    clock("permit", GRANTED, "approaching", 8, None, "sms")
    for recipient, task, subject in (
        ("holder", "permit_refused", f"permit/{REFUSED}"),
        ("sms", "removal_bar_noticed", f"bar/{BAR}"),
        ("ngo-acu", "clock_approaching", f"clock/{stay_clock}"),
        ("himaya", "clock_breached", "agency/ngo-acu"),
        ("holder", "message_failed", f"message/{uuid4()}"),
    ):
        connection.execute(ITEM, [uuid4(), case, uuid4(), recipient, task, subject, at(9)])


async def test_old_rows_mean_after_the_migration_what_the_events_say(scene: Scene, at: At) -> None:
    """ID-7, ID-12: all but the purpose of a consent, which the ordered rebuild adds; until then it opens nothing."""
    await scene.bench.receives(*life(at))
    wanted = {tuple(row) for row in await scene.rows(ACCESS)}
    stay_clock = uuid4()
    with earlier_database(SERVICE, "0002") as database:
        fill(database.rows, at, stay_clock)
        database.migrate("head")
        rows = {tuple(row) for row in database.rows.execute(ACCESS).fetchall()}
        items = database.rows.execute("select task, recipient, part, object_id from inbox_item").fetchall()
        ordered = database.rows.execute("select projection, state from rebuild").fetchall()
        holders = database.rows.execute("select holder from known_case").fetchall()
    known = {(case, agency, basis, about, "", ref, since) for case, agency, basis, about, _, ref, since in rows}
    assert known == rows, "no class of data stands in the old rows"
    of_consent = {row for row in wanted if row[2] == "consent"}
    assert rows - {row for row in rows if row[2] == "consent"} == wanted - of_consent
    assert {(row[1], row[3], row[5]) for row in rows if row[2] == "consent"} == {("iom", "", CONSENT)}
    assert {(task, to, part) for task, to, part, _ in items} == {
        ("permit_refused", "holder", "permit"),
        ("removal_bar_noticed", "sms", "removal_bar"),
        ("clock_approaching", "ngo-acu", "stay"),
        ("clock_breached", "operator", "consent"),
        ("message_failed", "holder", "contact"),
    }
    objects = {task: object_id for task, _, _, object_id in items}
    assert objects["permit_refused"] == REFUSED
    assert objects["clock_approaching"] == STAY, "the stay, not its clock"
    assert ordered == [("cases", "running")]
    assert holders == [("ngo-amc",)]


def test_an_empty_database_orders_no_rebuild() -> None:
    with earlier_database(SERVICE, "0002") as database:
        database.migrate("head")
        assert database.rows.execute("select * from rebuild").fetchall() == []


async def rebuilt(scene: Scene, events: list[Event]) -> RowChanges:
    """Rebuild the projection from the same events, and swap."""
    projection = SERVICE.projections["cases"]
    envelopes = [scene.bench.envelope(event) for event in events if type(event) in projection.handlers]
    async with shadow(scene.bench.settings.database_url, projection) as made:
        async with made.session.begin():
            await made.apply(envelopes)
        async with made.session.begin():
            await made.allow_writing()
            return await made.swap(None)


async def test_a_rebuild_makes_the_same_rows(scene: Scene, at: At) -> None:
    """ADR 17: nothing is removed or added, whatever the lists; and what was spoilt is mended."""
    events = life(at)
    events += [
        ids.HolderChanged(case_id=CASE, effective_at=at(10), holder="ngo-acu", previous="ngo-amc"),
        ids.PersonFactsChanged(case_id=CASE, effective_at=at(11), age_group="child", citizenship="foreign"),
        ids.CaseClosed(case_id=CASE, effective_at=at(12), outcome="closed"),
    ]
    await scene.bench.receives(*events)
    before = await scene.rows(ACCESS)
    assert await rebuilt(scene, events) == RowChanges(0, 0)
    await scene.rows("delete from case_access where basis = 'serves' returning case_id")
    await scene.rows("update known_case set holder = 'iom' returning case_id")
    spoilt = await rebuilt(scene, events)
    assert spoilt.added == spoilt.removed + len([row for row in before if row.basis == "serves"])
    assert set(await scene.rows(ACCESS)) == set(before)
    assert [(row.holder, row.closed_at) for row in await scene.rows("select * from known_case")] == [
        ("ngo-acu", at(12))
    ]
