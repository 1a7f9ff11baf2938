"""A page of a list is found by its index, and holds what a query over all rows finds (SH-7, SH-8, ID-12)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import ENDED, Basis, consent, requested, serves
from casework.listing import Run
from casework.tables import case_access
from chassis.actor import Actor
from chassis.clock import new_id
from chassis.paging import Page
from chassis.testing import ServiceUnderTest
from chassis.unit_of_work import UnitOfWork
from shelter.app import SERVICE
from shelter.rights import FORMER_PLACE
from shelter.tables import Agreement, Assistance, Conflict, CourseEnrolment, Extension, Handover, Stay
from shelter.views import care, conflicts, handovers, stay_lists
from shelter.views.handovers import HandoverFilter
from shelter.views.stay_lists import StayFilter
from sqlalchemy import ColumnElement, and_, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import LATER, OPENED, at
from .placed import Placed, _stay

STEPS, SEEDS = 80, range(3)
AGENCIES = ("ngo-amc", "mia-special", "scfwca", "vac", "mia-shelter")
ROLES = ("caseworker", "shelter-manager", "reintegration-worker", "assessor")
STATES = ("refused", "refused", "declined", "lapsed", "ended", "admitted", "requested")
PURPOSES = ("shelter", "assistance", "medical", "reintegration", "return")
OTHER = uuid4()
Pages = Callable[[UnitOfWork, UUID | None], Awaitable[Page[Any]]]


def lists() -> list[tuple[str, Pages]]:
    """Each list with its filters, three rows a page, and the action that shows it."""
    flags = ("re_examine", "extension_pending")
    views = ("left", "discharged", "resident", "overdue_decision", "upcoming", "nothing")
    by_stay = [
        StayFilter(),
        *(StayFilter.model_validate({flag: wanted}) for flag in flags for wanted in (True, False)),
        *(StayFilter(state=state) for state in ("ended", "admitted", "requested")),
        *(StayFilter(view=view) for view in views),
        *(StayFilter(state=state, view="left") for state in ("ended", "refused")),
    ]
    by_handover = [HandoverFilter(), HandoverFilter(state="requested"), HandoverFilter(state="withdrawn")]
    return [
        *(("see_stays", _stays(chosen)) for chosen in by_stay),
        *(("see_handovers", _handovers(chosen)) for chosen in by_handover),
        ("see_courses", lambda uow, after: care.courses(uow, None, 3, after)),
        ("see_assistance", lambda uow, after: care.assistance(uow, None, 3, after)),
        ("see_conflicts", lambda uow, after: conflicts.conflicts(uow, None, 3, after)),
        ("see_conflicts", lambda uow, after: conflicts.conflicts_by_reference(uow, None, 3, after)),
    ]


def _stays(wanted: StayFilter) -> Pages:
    return lambda uow, after: stay_lists.stays(uow, wanted, 3, after)


def _handovers(wanted: HandoverFilter) -> Pages:
    return lambda uow, after: handovers.handovers(uow, wanted, 3, after)


def all_rows(
    key: object, found_by: Sequence[Run], shown: Sequence[ColumnElement[bool]], wanted: object
) -> ColumnElement[bool]:
    """Instead of the newest of all runs: whatever is shown."""
    return and_(*shown)


@dataclass
class Walk:
    """Rows that come, change and go by chance, as acts, events and rebuilds write them: alone and in lists."""

    session: AsyncSession
    by_chance: Random
    cases: Sequence[UUID] = field(default_factory=lambda: [uuid4() for _ in range(6)])
    objects: list[tuple[UUID, str]] = field(default_factory=list)
    handovers: dict[UUID, tuple[UUID, str]] = field(default_factory=dict)

    async def step(self) -> None:
        acts = [self._grant, self._grant, self._stay, self._stay, self._support, self._support, self._conflict]
        await self.by_chance.choice([*acts, self._agree, self._revoke, self._change])()

    def _bases(self) -> list[Basis]:
        refs = [ref for ref, _ in self.objects] or [OTHER]
        of_place = [make(self.by_chance.choice(refs)) for make in (_asked, _serves, _served)]
        agreed = [consent(purpose, of, OTHER) for purpose, of in product(PURPOSES, ("needs", "contact"))]
        formal = [Basis("formal_body"), Basis("formal_body", ENDED), Basis("formal_body", "own_request")]
        return [Basis("holder"), Basis("guardian_authority"), *formal, *of_place, *agreed]

    async def _put(self, rows: Sequence[tuple[UUID, str, Basis]]) -> None:
        values = [
            {"case_id": case, "agency": agency, "basis": b.name, "about": b.about, "data_class": b.data_class}
            | {"ref": b.ref, "since": at(OPENED)}
            for case, agency, b in rows
        ]
        await self.session.execute(insert(case_access).values(values).on_conflict_do_nothing())

    async def _grant(self) -> None:
        some = self.by_chance.choices(self._bases(), k=self.by_chance.randrange(1, 5))
        await self._put([(self.by_chance.choice(self.cases), self.by_chance.choice(AGENCIES), b) for b in some])
        for handover, (case_id, to) in self.handovers.items():
            if self.by_chance.random() < 0.3:
                await self._put([(case_id, to, self.by_chance.choice([requested, serves])("handover", handover))])

    async def _revoke(self) -> None:
        column = case_access.c
        keys = select(column.case_id, column.agency, column.basis, column.about, column.data_class, column.ref)
        there = (await self.session.execute(keys)).tuples().all()
        gone = self.by_chance.sample(there, k=min(len(there), self.by_chance.randrange(1, 6)))
        await self.session.execute(delete(case_access).where(tuple_(*keys.selected_columns).in_(gone)))

    async def _agree(self) -> None:
        if self.by_chance.random() < 0.4:
            await self.session.execute(delete(Agreement).where(Agreement.case_id == self.by_chance.choice(self.cases)))
        case_id, to = self.by_chance.choice(self.cases), self.by_chance.choice(AGENCIES)
        purpose = self.by_chance.choice(PURPOSES)
        consent_id = uuid4()
        row = Agreement(consent_id=consent_id, case_id=case_id, recipient=to, purpose=purpose, since=at(OPENED))
        self.session.add(row)
        await self.session.flush()

    async def _stay(self) -> None:
        state, case_id = self.by_chance.choice(STATES), self.by_chance.choice(self.cases)
        open_ones = select(Stay.id).where(Stay.case_id == case_id, Stay.state == state)
        if state in ("admitted", "requested") and await self.session.scalar(open_ones):
            return
        stay = _stay(Placed(case_id, "admitted" if state == "ended" else state, OTHER, OTHER), None)
        stay.asked_by, stay.operator, stay.state = *self.by_chance.choices(AGENCIES, k=2), state
        if state == "ended":
            stay.how, stay.ended_at = self.by_chance.choice(["left", "discharged"]), at(LATER)
        self.session.add(stay)
        await self.session.flush()
        self.objects.append((stay.id, state))
        if state == "admitted":
            common: dict[str, Any] = {"requested_at": at(OPENED), "requested_by": "a", "reason": "recovery"}
            self.session.add(Extension(id=new_id(), stay_id=stay.id, state="requested", **common))
            await self.session.flush()

    async def _support(self) -> None:
        case_id, (giver, to) = self.by_chance.choice(self.cases), self.by_chance.choices(AGENCIES, k=2)
        then = {"requested_at": at(OPENED), "recorded_at": at(OPENED), "withdrawn_at": at(LATER)}
        row = Handover(id=new_id(), case_id=case_id, state="withdrawn", from_agency=giver, to_agency=to, **then)
        row.version, row.re_examine_reasons = 1, []
        self.session.add(row)
        await self.session.flush()
        self.handovers[row.id] = (case_id, to)
        done = {"case_id": case_id, "agency": to, "effective_at": at(LATER), "recorded_at": at(LATER)}
        kind = self.by_chance.choice(["medical", "legal", "housing"])
        self.session.add(Assistance(id=new_id(), handover_id=row.id, kind=kind, payer="fund", **done))
        self.session.add(CourseEnrolment(id=new_id(), course="sewing", enrolled=1, needed=2, **done))
        await self.session.flush()

    async def _conflict(self) -> None:
        one, other = self.by_chance.sample(self.cases, k=2)
        named = self.by_chance.choice([other, None])
        row = Conflict(id=new_id(), case_id=one, other_case_id=named, other_case_ref=str(new_id()), state="ended")
        row.version, row.kind, row.named_by = 1, "threat", self.by_chance.choice(AGENCIES)
        row.since = row.ended_at = row.recorded_at = at(OPENED)
        self.session.add(row)
        await self.session.flush()

    async def _change(self) -> None:
        admitted = [stay for stay, state in self.objects if state == "admitted"]
        since = self.by_chance.choice([None, at(LATER)])
        some = self.by_chance.sample(admitted, k=min(len(admitted), 2))
        await self.session.execute(update(Stay).where(Stay.id.in_(some)).values(re_examine_since=since))
        decided = {"state": "not_granted", "decided_at": at(LATER), "decided_by": "a"}
        await self.session.execute(update(Extension).where(Extension.stay_id.in_(some)).values(decided))


def _asked(ref: UUID) -> Basis:
    return requested("place", ref)


def _serves(ref: UUID) -> Basis:
    return serves("place", ref)


def _served(ref: UUID) -> Basis:
    return serves(FORMER_PLACE, ref)


async def _pages(uow: UnitOfWork, of: Pages) -> list[UUID]:
    found, after = [], None
    while True:
        page = await of(uow, after)
        found += [item.id for item in page.items]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_pages_hold_what_is_shown_of_all_rows_whatever_comes_and_goes_id_12(
    shelter: ServiceUnderTest, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-12: of every list with every filter; an access before or after its object, one of several, or none."""
    by_chance, shown = Random(seed), 0  # noqa: S311  a walk that can be repeated
    async with shelter.session() as session:
        walk = Walk(session, by_chance)
        for step in range(STEPS):
            await walk.step()
            if step % 40 < 39:
                continue
            for agency in AGENCIES:
                role = by_chance.choice(ROLES)
                actor = Actor(sub="a", agency=agency, roles=frozenset({role}), client="test")
                uow = SERVICE.unit_of_work(session, at(OPENED)).acting(actor)
                for number, (action, of) in enumerate(lists()):
                    if role not in SERVICE.rights[action]:
                        continue
                    found = await _pages(uow, of)
                    with monkeypatch.context() as patched:
                        for module in (stay_lists, handovers, care, conflicts):
                            patched.setattr(module, "among_first", all_rows)
                        assert found == await _pages(uow, of), (agency, role, number)
                    shown += len(found)
        await session.rollback()
    assert shown > 20, "the walk showed too little"
