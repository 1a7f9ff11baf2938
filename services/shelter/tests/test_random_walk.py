"""A walk by chance over HTTP: whatever is tried in whatever order, who shares a room may do so (SH-3, SH-4, SH-5)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from sqlalchemy import text

from .givens import ASKED, CASEWORKER, MANAGER, OFFICER, WORKER, a_requested_stay, at, beds_of_one_room
from .test_clocks import tick

STEPS, SEEDS = 120, range(5)
OPEN = ("requested", "waitlisted", "offered", "admitted")
MEETINGS = """
    select (a.bed_id = b.bed_id) as one_bed, (ra.id = rb.id) as one_room, one.sex <> other.sex as sexes_differ,
           one.case_id, other.case_id as other_case_id
      from bed_night_block a
      join bed_night_block b on a.id < b.id and a.nights && b.nights
      join stay one on one.id = a.stay_id join bed ba on ba.id = a.bed_id join room ra on ra.id = ba.room_id
      join stay other on other.id = b.stay_id join bed bb on bb.id = b.bed_id join room rb on rb.id = bb.room_id
     where ra.facility_id = rb.facility_id and one.weigh_again_since is null and other.weigh_again_since is null"""
_BEGINS = at(ASKED)
LIVES = "select id, bed_id from stay where state = 'admitted' order by id"


@dataclass
class Walk:
    """What the walker knows: the stays as last answered, the beds of two rooms, the day, who may not meet."""

    shelter: ServiceUnderTest
    by_chance: Random
    beds: list[str]
    stays: list[str]
    cases: list[str]
    now: datetime = _BEGINS
    conflicts: set[frozenset[str]] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    async def step(self, residents: Iterable[str]) -> None:
        """One act on one stay, most often of a resident, and mostly refused; none may fail in another way."""
        self.now += timedelta(hours=self.by_chance.choice([0.5, 0.5, 1, 20]))
        self.shelter.now = self.now
        chosen = self.by_chance.choice([*self.stays, *residents, *residents])
        stay = await self.shelter.person(CASEWORKER).get_ok(f"/api/stays/{chosen}")
        if stay["state"] not in OPEN:
            self.stays = [one for one in self.stays if one != stay["id"]]
            again = {"sex": stay["sex"], "happened_at": self.now.isoformat()}
            stay = await a_requested_stay(self.shelter, UUID(stay["case_id"]), **again)
            self.stays.append(stay["id"])
        who, path, body = self._act(stay)
        answer = await self.shelter.person(who).post(path, body | {"happened_at": self.now.isoformat()})
        assert answer.status_code in (200, 201, 403, 409, 422), answer.text
        if answer.is_success:
            self.done.append(path.rpartition("/")[2])
            if path == "/api/conflicts":
                self.conflicts.add(frozenset((body["case_id"], body["other_case_id"])))

    def _act(self, stay: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        bed, version = self.by_chance.choice(self.beds), {"version": stay["version"]}
        of_stay, day = f"/api/stays/{stay['id']}", self.now.date()
        acts: list[tuple[str, str, dict[str, Any]]] = [
            (MANAGER, f"{of_stay}/offer", version | {"bed_id": bed, "from": self._day(day)}),
            (WORKER, f"{of_stay}/offer", version | {"bed_id": bed}),
            (WORKER, f"{of_stay}/admission", {"bed_id": bed}),
            (WORKER, f"{of_stay}/admission", {}),
            (MANAGER, f"{of_stay}/transfer", version | {"bed_id": bed}),
            (MANAGER, f"{of_stay}/extension", version | {"granted": True, "reason": "recovery"}),
            (MANAGER, f"{of_stay}/decline", {}),
            (WORKER, f"{of_stay}/leave", {}),
        ]
        if self.by_chance.random() < 0.02:
            return MANAGER, f"/api/beds/{bed}/closures", self._repair(day)
        if self.by_chance.random() < 0.03:
            other = self.by_chance.choice([case for case in self.cases if case != stay["case_id"]])
            return OFFICER, "/api/conflicts", {"case_id": stay["case_id"], "other_case_id": other, "kind": "threat"}
        return self.by_chance.choice(acts)

    def _repair(self, day: date) -> dict[str, Any]:
        begins = day + timedelta(days=self.by_chance.randrange(40))
        return {"reason": "repair", "begins": begins.isoformat(), "returns_on": (begins + timedelta(3)).isoformat()}

    def _day(self, day: date) -> str:
        return (day + timedelta(days=self.by_chance.randrange(30))).isoformat()

    async def holds(self) -> None:
        """No bed for two, no room for both sexes, no house for two in conflict, but where it waits to be looked at."""
        async with self.shelter.session() as session:
            for meeting in (await session.execute(text(MEETINGS))).mappings():
                assert not meeting["one_bed"], self.done
                assert not (meeting["one_room"] and meeting["sexes_differ"]), self.done
                pair = frozenset((str(meeting["case_id"]), str(meeting["other_case_id"])))
                assert pair not in self.conflicts, self.done

    async def residents(self) -> dict[str, str]:
        async with self.shelter.session() as session:
            return {str(row.id): str(row.bed_id) for row in await session.execute(text(LIVES))}


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_tried_who_shares_a_room_may_sh_3_sh_4_sh_5(shelter: ServiceUnderTest, seed: int) -> None:
    """SH-4, SH-5: after every act, by plain SQL. SH-3: a bed is left by one's own leaving or a transfer alone."""
    first = await a_requested_stay(shelter)
    beds = await beds_of_one_room(shelter, first)
    stays = [first, *[await a_requested_stay(shelter, sex=sex) for sex in ["female", "male"] * 3]]
    by_chance = Random(seed)  # noqa: S311  a walk that can be repeated
    walk = Walk(shelter, by_chance, beds, [stay["id"] for stay in stays], [stay["case_id"] for stay in stays])
    for _ in range(STEPS):
        before, acts = await walk.residents(), len(walk.done)
        await walk.step(before)
        await tick(shelter, walk.now)  # who fits no more since a conflict was named is marked
        await walk.holds()
        gone = before.items() - (await walk.residents()).items()
        assert not gone or walk.done[acts:] in (["leave"], ["transfer"]), walk.done
    assert {"offer", "admission"} <= set(walk.done), "the walk tried too little"
