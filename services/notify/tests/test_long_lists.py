"""Lists and counts of somebody who has much to do; and what a database of before finds in its lists (NO-3, NO-4)."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from chassis.clock import new_id
from chassis.testing.revisions import earlier_database
from notify.app import SERVICE
from notify.facts.listed import COUNTED
from notify.tables import ClockRow, InboxItem
from sqlalchemy import text

from .givens import Scene

At = Callable[[float], datetime]
SOMEBODY = "ngo-amc.caseworker"


def item(case_id: UUID, at: datetime, roles: list[str], recipient: str = "holder") -> InboxItem:
    return InboxItem(
        id=new_id(),
        case_id=case_id,
        event_id=uuid4(),
        template="new_notification",
        recipient=recipient,
        roles=roles,
        task="case_recognised",
        part="recognition",
        subject=f"case/{case_id}",
        object_id=case_id,
        created_at=at,
    )


def breached(case_id: UUID, at: datetime) -> ClockRow:
    return ClockRow(
        id=new_id(),
        case_id=case_id,
        kind="appeal",
        object_id=uuid4(),
        state="breached",
        started_at=at,
        recorded_at=at,
        due_at=at,
        breach_at=at,
        breached_at=at,
        entered_late=False,
        version=1,
    )


async def test_counts_of_open_work_stop_at_a_hundred_and_lists_do_not(scene: Scene, at: At) -> None:
    """NO-4: 99 are 99, more than a hundred are a hundred; each page has its rows all the same."""
    await scene.case_opens()
    async with scene.bench.session() as session:
        session.add_all(item(scene.case_id, at(0), ["caseworker", "assessor"]) for _ in range(COUNTED - 1))
        session.add_all(breached(scene.case_id, at(0)) for _ in range(COUNTED - 1))
    somebody = scene.bench.person(SOMEBODY)
    before = await somebody.get_ok("/api/inbox")
    assert (before["unread"], before["overdue"]) == (COUNTED - 1, COUNTED - 1)
    async with scene.bench.session() as session:
        session.add_all(item(scene.case_id, at(0), ["caseworker"]) for _ in range(21))
        session.add_all(breached(scene.case_id, at(0)) for _ in range(21))
    inbox = await somebody.get_ok("/api/inbox", limit=200)
    assert (inbox["unread"], inbox["overdue"], len(inbox["items"])) == (COUNTED, COUNTED, 120)
    assert len((await somebody.get_ok("/api/clocks", mine=True, limit=200))["items"]) == 120


async def test_who_has_read_all_but_the_oldest_finds_it(scene: Scene, at: At) -> None:
    """NO-4: unread tasks are found behind many that were read."""
    await scene.case_opens()
    oldest = item(scene.case_id, at(0), ["caseworker"])
    oldest_id = str(oldest.id)
    async with scene.bench.session() as session:
        session.add(oldest)
        session.add_all(item(scene.case_id, at(0), ["caseworker"]) for _ in range(COUNTED + 20))
    somebody = scene.bench.person(SOMEBODY)
    await somebody.post_ok(f"/api/inbox/{oldest_id}/read")
    async with scene.bench.session() as session:
        await session.execute(
            text(
                "insert into inbox_read (item_id, sub, read_at)"
                " select i.id, r.sub, r.read_at from inbox_item i cross join inbox_read r on conflict do nothing"
            )
        )
        await session.execute(text("delete from inbox_read where item_id = :id"), {"id": oldest_id})
    inbox = await somebody.get_ok("/api/inbox", unread=True)
    assert ([one["id"] for one in inbox["items"]], inbox["unread"]) == ([oldest_id], 1)


async def test_roles_of_one_task_and_several_roles_show_it_once(scene: Scene, at: At) -> None:
    """NO-4: a task for several desks is one task."""
    await scene.case_opens(holder="vac")
    async with scene.bench.session() as session:
        session.add(item(scene.case_id, at(0), ["caseworker", "assessor", "reporter"]))
    inbox = await scene.bench.person("vac.reintegration-worker").get_ok("/api/inbox")
    assert (len(inbox["items"]), inbox["unread"]) == (1, 1)


def test_a_database_of_before_finds_its_clocks_tasks_and_messages(at: At) -> None:
    """ID-20: what is stored without an agency's name is found by the agency that holds the case."""
    case, clock, task, ended, about_agency, message = (uuid4() for _ in range(6))
    access = "insert into case_access (case_id, agency, basis, since) values (%s, %s, %s, now())"
    items = (
        "insert into inbox_item (id, case_id, event_id, template, recipient, roles, task, part, subject, object_id,"
        " created_at, ended_at) values (%s, %s, %s, 'new_notification', %s, %s, 'clock_breached', 'permit', %s, %s,"
        " now(), %s)"
    )
    with earlier_database(SERVICE, "0007") as database:
        rows = database.rows
        rows.execute("insert into known_case (case_id, holder) values (%s, 'ngo-amc')", [case])
        rows.execute(access, [case, "ngo-amc", "holder"])
        rows.execute(access, [case, "mia-special", "formal_body"])
        rows.execute(
            "insert into clock (id, case_id, kind, object_id, state, started_at, recorded_at, due_at, breach_at,"
            " entered_late, version) values (%s, %s, 'permit', %s, 'running', %s, %s, %s, %s, false, 1)",
            [clock, case, uuid4(), at(0), at(0), at(9), at(9)],
        )
        rows.execute(items, [task, case, uuid4(), "holder", ["caseworker", "reporter"], "x/1", case, None])
        rows.execute(items, [ended, case, uuid4(), "holder", ["caseworker"], "x/1", case, at(1)])
        rows.execute(items, [about_agency, case, uuid4(), "operator", ["operator"], "agency/moh", case, None])
        rows.execute(
            "insert into message (id, case_id, event_id, template, recipient, author, state, effective_at, queued_at,"
            " next_at, round, tries, unknown_outcomes, version, lasting)"
            " values (%s, %s, %s, 'please_call', 'person', null, 'failed', now(), now(), now(), 1, 1, 0, 1, false)",
            [message, case, uuid4()],
        )
        database.upgrade()
        clocks = rows.execute("select agency, clock_id, state, open, mine from clock_seen").fetchall()
        tasks = rows.execute("select agency, box, role, item_id from item_seen").fetchall()
        messages = rows.execute("select agency, message_id, state from message_seen").fetchall()
    assert {tuple(row) for row in clocks} == {
        ("ngo-amc", clock, "running", True, True),
        ("mia-special", clock, "running", True, False),
    }
    assert {tuple(row) for row in tasks} == {
        ("ngo-amc", "holder", "caseworker", task),
        ("ngo-amc", "holder", "reporter", task),
        ("operator", "agencies", "operator", about_agency),
    }
    assert [tuple(row) for row in messages] == [("ngo-amc", message, "failed")]
