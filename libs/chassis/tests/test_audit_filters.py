"""The audit over HTTP, narrowed: each filter alone finds its entries, and no other (X5, ID-13)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from chassis import audit_api
from chassis.clock import utc_now
from chassis.testing import ServiceUnderTest

from .givens import CASEWORKER, POLICE, a_notice, rows

AUDITOR = "ombudsman.auditor"


async def found(board: ServiceUnderTest, **query: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await board.person(AUDITOR).get_ok("/api/audit", limit="200", **query))["items"]
    return items


async def test_an_audit_is_narrowed_by_each_of_its_columns(own_board: ServiceUnderTest) -> None:
    notice = await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    await own_board.person(POLICE).get(f"/api/notices/{notice['id']}")
    every = await found(own_board)
    assert {entry["kind"] for entry in every} == {"act", "refusal"}, "the look itself is recorded after it"
    for name in ("actor", "role", "agency", "action", "kind"):
        for value in {entry[name] for entry in every if entry[name]}:
            narrowed = await found(own_board, **{name: str(value)})
            assert {entry[name] for entry in narrowed} == {value}, name
    assert {entry["kind"] for entry in await found(own_board, outcome="refused")} == {"refusal"}
    assert {entry["outcome"] for entry in await found(own_board, outcome="done")} == {"done"}


async def test_several_actions_and_a_period_narrow_it(own_board: ServiceUnderTest) -> None:
    await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    await found(own_board)
    both = {str(entry["action"]) for entry in await found(own_board)}
    assert len(both) == 2
    assert {str(entry["action"]) for entry in await found(own_board, action=",".join(both))} == both
    later = (utc_now() + timedelta(hours=1)).isoformat()
    assert await found(own_board, since=later) == []
    assert await found(own_board, until=later)
    kinds = {str(entry["subject"]).partition("/")[0] for entry in await found(own_board, kind="act")}
    assert kinds == {"notice"}
    assert len(await found(own_board, object="notice")) == len(await found(own_board, kind="act"))
    assert await found(own_board, object="not") == []


@pytest.mark.parametrize("query", [{"since": "2026-01-01"}, {"kind": "look"}, {"actor": "a b"}, {"person": "x"}])
async def test_a_filter_that_cannot_be_is_refused(board: ServiceUnderTest, query: dict[str, str]) -> None:
    assert (await board.person(AUDITOR).get("/api/audit", **query)).status_code == 422


async def test_what_was_looked_for_stands_in_the_audit(own_board: ServiceUnderTest) -> None:
    """ID-13: who looks at what one person did is seen by whoever looks after them."""
    await found(own_board, actor="somebody", case_id=str(uuid4()))
    (look,) = await rows(own_board, "select facts from audit_entry where action = 'see_audit'")
    assert look[0] == {"actor": "somebody"}


async def test_the_oldest_first_is_the_same_trail_turned(own_board: ServiceUnderTest) -> None:
    """ADR 37: page by page from the other end; the order is no part of what was looked for."""
    for _ in range(3):
        await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    newest = await found(own_board, kind="act")
    turned: list[dict[str, object]] = []
    after: dict[str, str] | None = {}
    while after is not None:
        page = await own_board.person(AUDITOR).get_ok("/api/audit", kind="act", order="oldest", limit="2", **after)
        turned += page["items"]
        after = {"after": page["next"]} if page["next"] else None
    assert len(newest) == 3
    assert turned == newest[::-1]
    looks = await rows(own_board, "select distinct facts from audit_entry where action = 'see_audit'")
    assert looks == [({"kind": "act"},)]


async def test_a_rare_entry_is_found_stretch_by_stretch(
    own_board: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter looks at so many entries for a page, and the next page goes on: it misses none, and repeats none."""
    monkeypatch.setattr(audit_api, "STRETCH", 3)
    await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    for _ in range(7):
        await found(own_board, kind="refusal", order="oldest")
    for order in ("newest", "oldest"):
        acts: list[dict[str, object]] = []
        pages = 0
        after: dict[str, str] | None = {}
        while after is not None:
            page = await own_board.person(AUDITOR).get_ok("/api/audit", kind="act", order=order, **after)
            acts += page["items"]
            pages += 1
            assert (page["looked_to"] is None) == (page["next"] is None)
            after = {"after": page["next"]} if page["next"] else None
            assert pages < 20
        assert [entry["action"] for entry in acts] == ["put_up_notice"]
        assert pages > 2
