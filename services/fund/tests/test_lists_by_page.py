"""A page of claims is found by its index, and holds what a slow query over all of them finds (FU-2, ID-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import ENDED, Basis, consent, requested, serves
from casework.tables import case_access
from chassis.actor import Actor
from chassis.clock import new_id
from chassis.testing.revisions import earlier_database
from fund.app import SERVICE
from fund.tables import Claim
from fund.views import claims as views
from fund.views.filters import ClaimFilter
from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import MARCH, Desk

STEPS, SEEDS = 60, range(3)
AGENCIES = ("ngo-amc", "mia-special", "scfwca", "vac")
REFS = (uuid4(), uuid4())
BASES = (
    *(Basis(name) for name in ("holder", "formal_body", "guardian_authority")),
    Basis("formal_body", ENDED),
    *(serves(kind, ref) for kind in ("place", "handover", "course") for ref in REFS),
    requested("place", REFS[0]),
    *(
        consent(purpose, of, REFS[0])
        for purpose in ("assistance", "legal_aid", "return")
        for of in ("needs", "contact")
    ),
)
FILTERS: Sequence[Mapping[str, Any]] = (
    *({}, {"state": "draft"}, {"state": "cancelled"}, {"kind": "needs_grant"}, {"kind": "compensation"}),
    *({"re_examine": True}, {"re_examine": False}, {"mine": True}, {"mine": False}),
    *({"kind": "needs_grant", "state": "draft", "re_examine": True}, {"mine": True, "state": "draft"}),
)
SLOWLY = """
    select claim.id from claim
     where exists (select from case_access a where a.case_id = claim.case_id and a.agency = :agency
             and (a.basis in ('holder', 'guardian_authority')
               or claim.written_by_agency = :agency and (a.basis = 'formal_body'
                 or a.basis = 'serves' and a.about in ('place', 'handover')
                 or a.basis = 'consent' and a.about in ('assistance', 'legal_aid'))))
       and (cast(:state as text) is null or state = :state) and (cast(:kind as text) is null or kind = :kind)
       and (cast(:re_examine as boolean) is null or (re_examine_since is not null) = :re_examine)
       and (cast(:mine as boolean) is null or (written_by = :sub) = :mine)
     order by claim.id desc"""


@dataclass
class Walk:
    """Rows that come, change and go by chance, as acts, events and rebuilds write them: alone and in lists."""

    session: AsyncSession
    by_chance: Random
    cases: Sequence[UUID] = field(default_factory=lambda: [uuid4() for _ in range(6)])

    async def step(self) -> None:
        await self.by_chance.choice(
            [self._grant, self._grant, self._claim, self._claim, self._claim, self._revoke, self._change]
        )()

    def _accesses(self) -> list[dict[str, object]]:
        some = self.by_chance.randrange(1, 5)
        return [
            {"case_id": self.by_chance.choice(self.cases), "agency": self.by_chance.choice(AGENCIES), "basis": b.name}
            | {"about": b.about, "data_class": b.data_class, "ref": b.ref, "since": MARCH}
            for b in self.by_chance.choices(BASES, k=some)
        ]

    async def _grant(self) -> None:
        await self.session.execute(insert(case_access).values(self._accesses()).on_conflict_do_nothing())

    async def _revoke(self) -> None:
        column = case_access.c
        all_keys = select(column.case_id, column.agency, column.basis, column.about, column.data_class, column.ref)
        keys = (await self.session.execute(all_keys)).tuples().all()
        gone = self.by_chance.sample(keys, k=min(len(keys), self.by_chance.randrange(1, 6)))
        await self.session.execute(delete(case_access).where(tuple_(*all_keys.selected_columns).in_(gone)))

    async def _claim(self) -> None:
        needs = self.by_chance.random() < 0.7
        award = {"document": str(uuid4()), "awarded_qepik": 5, "from_property_qepik": 0}
        more: dict[str, object] = {"kind": "needs_grant", "purpose": "medicine"}
        agency = self.by_chance.choice(AGENCIES)
        claim = Claim(
            id=new_id(),
            case_id=self.by_chance.choice(self.cases),
            state="draft",
            amount_qepik=5,
            payee="person",
            written_by=self.by_chance.choice([agency, "another"]),
            written_by_agency=agency,
            effective_at=MARCH,
            recorded_at=MARCH,
            **(more if needs else {"kind": "compensation"} | award),
        )
        self.session.add(claim)
        await self.session.flush()

    async def _change(self) -> None:
        ids = (await self.session.scalars(select(Claim.id))).all()
        some = self.by_chance.sample(ids, k=min(len(ids), 3))
        since = self.by_chance.choice([None, MARCH])
        values = {"state": self.by_chance.choice(["draft", "cancelled"]), "re_examine_since": since}
        await self.session.execute(update(Claim).where(Claim.id.in_(some)).values(values))

    async def holds(self, desk: Desk) -> int:
        """Every page of every list of every agency, by the slow query; how many rows the lists have."""
        shown = 0
        for agency in AGENCIES:
            actor = Actor(sub=agency, agency=agency, roles=frozenset({"caseworker"}), client="test")
            uow = SERVICE.unit_of_work(self.session, MARCH).acting(actor)
            for chosen in FILTERS:
                empty = dict.fromkeys(("state", "kind", "re_examine", "mine"))
                rows = await self.session.scalars(text(SLOWLY), {**empty, **chosen, "agency": agency, "sub": agency})
                expected, found, after = list(rows), [], None
                while True:
                    page = await views.list_claims(uow, ClaimFilter(limit=3, after=after, **chosen))
                    found += [item.id for item in page.items]
                    after = page.next
                    if after is None:
                        break
                assert found == expected, (agency, chosen)
                shown += len(found)
        return shown


@pytest.mark.parametrize("seed", SEEDS)
async def test_pages_hold_what_a_slow_query_finds_whatever_comes_and_goes_id_12(desk: Desk, seed: int) -> None:
    """ID-12: an access in any order with its claim, one of several that gives the same, all of them, or none."""
    shown = 0
    async with desk.bench.session() as session:
        walk = Walk(session, Random(seed))  # noqa: S311  a walk that can be repeated
        for step in range(STEPS):
            await walk.step()
            if step % 12 == 11:
                shown += await walk.holds(desk)
    assert shown > 20, "the walk showed too little"


def test_claims_of_before_are_listed_as_new_ones_are() -> None:
    """The migration fills the rows beside the list as the triggers do."""
    own, others = uuid4(), uuid4()
    with earlier_database(SERVICE, "0010") as before:
        before.rows.execute(
            f"""insert into case_access (case_id, agency, basis, about, since) values
                  ('{own}', 'ngo-amc', 'holder', '', now()), ('{own}', 'vac', 'consent', 'assistance', now()),
                  ('{others}', 'vac', 'serves', 'place', now());
                insert into claim (id, case_id, kind, purpose, state, amount_qepik, payee, written_by,
                    written_by_agency, re_examine_since, effective_at)
                  select gen_random_uuid(), case_id, 'needs_grant', 'medicine', 'draft', 5, 'person', 'a', 'vac', at,
                      now()
                  from (values ('{own}'::uuid, now()), ('{others}'::uuid, null)) as of (case_id, at)"""  # noqa: S608
        )
        before.migrate("0011")
        columns = "case_id, agency, way, kind, state, re_examine"
        listed = f"select {columns} from claim_listed order by case_id, agency"  # noqa: S608  columns of this test
        found = [tuple(row) for row in before.rows.execute(listed).fetchall()]
        expected = {
            (own, "ngo-amc", "holder", "needs_grant", "draft", True),
            (own, "vac", "consent/assistance+", "needs_grant", "draft", True),
            (others, "vac", "serves+", "needs_grant", "draft", False),
        }
        assert set(found) == expected
        before.rows.execute("create temp table kept as table case_access; delete from case_access")
        assert before.rows.execute("select count(*) from claim_listed").fetchone() == (0,)
        before.rows.execute("insert into case_access select * from kept")
        assert [tuple(row) for row in before.rows.execute(listed).fetchall()] == found
