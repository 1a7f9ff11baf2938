"""Where lists look is exactly what the rights show, whatever happens in whatever order (ID-7, ID-12, NO-3, NO-4)."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import Asked, Basis, covered
from chassis.actor import Actor
from notify.domain.kinds import BY_CODE, KINDS
from notify.domain.machines import CLOCK_OPEN
from notify.facts import visible
from notify.rights import OF_ONE_OBJECT, PARTS, RIGHTS, Part, right_of
from notify.tables import ClockRow, InboxItem, KnownCase, MessageRow, clock_seen, item_seen, message_seen
from nrm_events import Event
from nrm_events import exchange as exc
from nrm_events import identification as ids
from nrm_events import shelter as shl
from sqlalchemy import select, text

from .givens import Scene
from .test_access import BASES, OBJECT, expected
from .test_rebuild import STAY, life

At = Callable[[float], datetime]
AGENCIES = ("ngo-amc", "ngo-acu", "iom", "mia-special", "scfwca", "vac")
PEOPLE = {
    "ngo-amc.caseworker": Actor("1", "ngo-amc", frozenset({"caseworker"}), "portal"),
    "ngo-acu.shelter-manager": Actor("2", "ngo-acu", frozenset({"shelter-manager"}), "portal"),
    "iom.return-officer": Actor("3", "iom", frozenset({"return-officer"}), "portal"),
    "mia-special.assessor": Actor("4", "mia-special", frozenset({"assessor"}), "portal"),
    "vac.reintegration-worker": Actor("5", "vac", frozenset({"reintegration-worker"}), "portal"),
    "sms.migration-officer": Actor("6", "sms", frozenset({"migration-officer"}), "portal"),
}


async def test_the_database_shows_each_part_by_the_bases_of_the_table(scene: Scene) -> None:
    """ADR 21: a change of `rights.py` needs a migration that says the same."""
    shows = "select shows(:part, :basis, :about, :class, :own) as shown"
    for basis in BASES:
        own = basis.ref == OBJECT
        values = {"basis": basis.name, "about": basis.about, "class": basis.data_class, "own": own}
        for part in PARTS:
            (row,) = await scene.rows(shows, part=part, **values)
            assert row.shown == expected(part, basis), (part, basis)
        (row,) = await scene.rows(shows, part="message", **values)
        assert row.shown == reads_message(basis, own=own), basis
    for kind in KINDS:
        (row,) = await scene.rows("select part_of_clock(:kind) as part", kind=kind.code)
        assert row.part == kind.part


def reads_message(basis: Basis, *, own: bool) -> bool:
    return covered(cell_of("list_messages"), [basis]) and (own or basis.name != "formal_body")


def cell_of(action: str) -> tuple[Asked, ...]:
    """The same for every role that has the action; what lists keep by agency rests on it."""
    (cell,) = {cell for cell in RIGHTS[action].values() if isinstance(cell, tuple)}
    return cell


def shows(part: Part, bases: set[Basis], object_id: UUID | None) -> bool:
    counted = {b for b in bases if b.name not in OF_ONE_OBJECT.get(part, ()) or b.ref == object_id}
    return covered(cell_of(right_of(part)), counted)


class Rows:
    """What is stored now, and what lists must find by the rights table: one row after the other, in Python."""

    def __init__(self) -> None:
        self.bases: dict[tuple[UUID, str], set[Basis]] = {}
        self.holders: dict[UUID, str] = {}

    async def load(self, scene: Scene) -> None:
        async with scene.bench.session() as session:
            self.clocks = (await session.scalars(select(ClockRow))).all()
            self.items = (await session.scalars(select(InboxItem))).all()
            self.messages = (await session.scalars(select(MessageRow))).all()
            self.holders = {row.case_id: row.holder for row in await session.scalars(select(KnownCase))}
            access = await session.execute(
                text("select case_id, agency, basis, about, data_class, ref from case_access")
            )
            for case_id, agency, *basis in access:
                self.bases.setdefault((case_id, agency), set()).add(Basis(*basis))
            self.stored = [set(map(tuple, await session.execute(select(t)))) for t in (clock_seen, item_seen)]
            self.stored += [set(map(tuple, await session.execute(select(message_seen))))]

    def knowing(self, case_id: UUID) -> list[tuple[str, set[Basis]]]:
        return [(agency, bases) for (case, agency), bases in self.bases.items() if case == case_id]

    def wanted(self) -> list[set[tuple[Any, ...]]]:
        """In the order of the columns of `tables.py`."""
        return [set(self.wanted_clocks()), set(self.wanted_items()), set(self.wanted_messages())]

    def wanted_clocks(self) -> list[tuple[Any, ...]]:
        return [
            (c.id, agency, c.kind, c.state, c.due_at, c.state in CLOCK_OPEN, self.acts(c) == agency)
            for c in self.clocks
            for agency, bases in self.knowing(c.case_id)
            if c.requested_by == agency or shows(BY_CODE[c.kind].part, bases, c.object_id)
        ]

    def acts(self, clock: ClockRow) -> str | None:
        return clock.duty_agency or self.holders.get(clock.case_id)

    def wanted_items(self) -> list[tuple[Any, ...]]:
        found = []
        for item in self.items:
            of_agencies, to_holder = item.subject.startswith("agency/"), item.recipient == "holder"
            to = self.holders.get(item.case_id, "") if to_holder else item.recipient
            bases = self.bases.get((item.case_id, to), set())
            box = "agencies" if of_agencies else "holder" if to_holder else "own"
            part: Any = item.part
            if of_agencies or (item.ended_at is None and shows(part, bases, item.object_id)):
                found += [(item.id, item.recipient if of_agencies else to, box, role) for role in item.roles]
        return found

    def wanted_messages(self) -> list[tuple[Any, ...]]:
        return [
            (m.id, agency, m.state)
            for m in self.messages
            for agency, bases in self.knowing(m.case_id)
            if any(reads_message(basis, own=m.author == agency) for basis in bases)
        ]


async def compare(scene: Scene, after: object) -> None:
    rows = Rows()
    await rows.load(scene)
    for stored, wanted in zip(rows.stored, rows.wanted(), strict=True):
        assert stored == wanted, after


def more(at: At, case: UUID, chance: Random) -> list[Event]:
    """Changes of the holder and of the age, consents that come and go, an end and another beginning."""
    about: dict[str, Any] = {"case_id": case}
    consents = [uuid4() for _ in range(3)]
    granted: dict[str, Any] = {"recipient": "iom", "data_class": "contact"}
    purposes = ("return", "legal_aid", "joint_assessment")
    person: dict[str, Any] = {"citizenship": "foreign"}
    return [
        *(
            ids.HolderChanged(**about, effective_at=at(n), holder=chance.choice(AGENCIES), previous="ngo-amc")
            for n in range(4)
        ),
        *(
            ids.ConsentGranted(**about, **granted, effective_at=at(1), consent_id=one, purpose=purpose)
            for one, purpose in zip(consents, purposes, strict=True)
        ),
        *(
            ids.ConsentWithdrawn(**about, **granted, effective_at=at(2), consent_id=one, purpose=purpose)
            for one, purpose in zip(consents[:2], purposes, strict=False)
        ),
        *(
            ids.PersonFactsChanged(**about, **person, effective_at=at(3), age_group=age)
            for age in ("child", "adult", "child")
        ),
        ids.VictimIdentified(
            **about, **person, effective_at=at(4), recognition_id=uuid4(), authority="mia-special", age_group="adult"
        ),
        shl.ShelterLeft(**about, effective_at=at(5), stay_id=STAY, how="left", to="ngo_shelter"),
        exc.WithdrawalTold(**about, effective_at=at(5), consent_id=consents[0], agency="moh", acknowledge_by=at(30)),
        ids.CaseClosed(**about, effective_at=at(90), outcome="closed"),
        ids.IdentificationReopened(**about, effective_at=at(95), decision_id=uuid4(), appeal_id=uuid4()),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_lists_look_where_the_rights_show_in_whatever_order_events_come(scene: Scene, at: At, seed: int) -> None:
    """ID-7, ID-12, ID-20: bases come and go, holders change, time passes; nothing too much and nothing too few."""
    chance = Random(seed)  # noqa: S311  the same walk every time
    case = uuid4()
    events = [*life(at, case), *more(at, case, chance), *life(at, uuid4())]
    chance.shuffle(events)
    hour = 0.0
    while events:
        some = [events.pop() for _ in range(min(len(events), chance.randrange(1, 5)))]
        await scene.bench.receives(*some)
        if chance.random() < 0.4:
            hour += chance.random() * 30
            await scene.ticks(at(hour))
            await scene.sender().send_due()
        await compare(scene, some)
    assert await scene.rows("select * from parked_event") == []
    for username, actor in PEOPLE.items():
        await same_pages(scene, username, actor)


async def same_pages(scene: Scene, username: str, actor: Actor) -> None:
    """The pages of a person, two rows each, have what the rights show to them, in its order."""
    async with scene.unit_of_work() as made:
        uow = made.acting(actor)
        clocks, items = await visible.clocks(uow), await visible.items(uow)
        newest = list(await uow.session.scalars(select(ClockRow.id).where(clocks).order_by(ClockRow.id.desc())))
        mine = select(ClockRow.id).where(clocks, visible.is_duty(uow)).order_by(ClockRow.id.desc())
        own = list(await uow.session.scalars(mine))
        due = select(ClockRow.id).where(clocks, ClockRow.state.in_(CLOCK_OPEN))
        first = list(await uow.session.scalars(due.order_by(ClockRow.due_at, ClockRow.id)))
        tasks = list(await uow.session.scalars(select(InboxItem.id).where(items).order_by(InboxItem.id.desc())))
    assert await pages(scene, username, "/api/clocks") == newest
    assert await pages(scene, username, "/api/clocks", mine=True) == own
    assert await pages(scene, username, "/api/deadlines") == first
    assert await pages(scene, username, "/api/inbox") == tasks
    assert await pages(scene, username, "/api/inbox", unread=True) == tasks


async def pages(scene: Scene, username: str, path: str, **filters: Any) -> list[UUID]:
    found: list[UUID] = []
    after: dict[str, Any] = {}
    while True:
        page = await scene.bench.person(username).get_ok(path, limit=2, **filters, **after)
        found += [UUID(item["id"]) for item in page["items"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}
