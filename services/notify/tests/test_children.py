"""The guardianship authority learns of every child; holders, of what they must do (ID-5, ID-7, ID-20)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from nrm_events import identification as ids
from nrm_events import notify as events
from nrm_events import shelter as shl
from nrm_events.base import AgeGroup

from .givens import Scene

At = Callable[[float], datetime]
GUARDIANSHIP = "scfwca"


def facts(scene: Scene, age_group: AgeGroup, hours: float = 0, **more: Any) -> ids.PersonFactsChanged:
    return ids.PersonFactsChanged(
        case_id=scene.case_id,
        effective_at=scene.bench.clock() + timedelta(hours=hours),
        age_group=age_group,
        citizenship=more.get("citizenship", "citizen"),
    )


async def test_a_case_that_opens_as_a_childs_is_a_task_for_the_guardianship_authority(scene: Scene) -> None:
    """ID-5: by law, without consent; what it may see of the case is the table's."""
    await scene.case_opens(age_group="child")
    authority = scene.bench.person(f"{GUARDIANSHIP}.caseworker")
    (item,) = (await authority.get_ok("/api/inbox"))["items"]
    assert (item["task"], item["subject"]) == ("child_in_case", f"case/{scene.case_id}")
    assert await scene.tasks("holder") == [], "the holder opened the case and knows"
    assert (await scene.bench.person("ngo-clean-world.caseworker").get_ok("/api/inbox"))["items"] == []


async def test_a_doubt_of_age_is_a_task_for_the_authority_and_for_the_holder(scene: Scene) -> None:
    """ID-5: whoever doubts, the age is treated as a child's at once, and the holder establishes it."""
    await scene.case_opens()
    assert await scene.tasks(GUARDIANSHIP) == []
    await scene.bench.receives(facts(scene, "child"))
    assert (await scene.tasks(GUARDIANSHIP), await scene.tasks("holder")) == (["child_in_case"], ["age_to_establish"])
    assert [i["task"] for i in (await scene.bench.person("ngo-amc.caseworker").get_ok("/api/inbox"))["items"]] == [
        "age_to_establish"
    ]


async def test_what_changes_about_a_child_is_no_second_task(scene: Scene) -> None:
    """ID-5, NO-4: a citizenship, a recognition of a case that is a child's already."""
    await scene.case_opens(age_group="child")
    await scene.bench.receives(facts(scene, "child", 1, citizenship="foreign"))
    recognised = scene.identified().model_copy(update={"age_group": "child"})
    await scene.bench.receives(recognised)
    assert await scene.tasks(GUARDIANSHIP) == ["child_in_case"]
    assert await scene.tasks("holder") == ["case_recognised"]


async def test_established_as_adult_the_task_is_shown_no_more_and_a_new_doubt_is_a_new_one(scene: Scene) -> None:
    """ID-5: the basis of the authority ends with the age."""
    await scene.case_opens(age_group="child")
    authority = scene.bench.person(f"{GUARDIANSHIP}.caseworker")
    await scene.bench.receives(facts(scene, "adult", 1))
    inbox = await authority.get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"]) == ([], 0)
    await scene.bench.receives(facts(scene, "child", 2))
    assert await scene.tasks(GUARDIANSHIP) == ["child_in_case", "child_in_case"]
    assert await scene.tasks("holder") == ["age_to_establish"]


async def test_one_authority_task_whatever_is_redelivered(scene: Scene) -> None:
    """NO-4."""
    await scene.case_opens()
    (envelope,) = await scene.bench.receives(facts(scene, "child"))
    await scene.rows("delete from inbox returning event_id")
    await scene.bench.redelivers(envelope)
    assert await scene.tasks(GUARDIANSHIP) == ["child_in_case"]
    assert await scene.tasks("holder") == ["age_to_establish"]


async def test_a_new_holder_has_a_task_and_the_former_ones_tasks_and_clocks(scene: Scene, at: At) -> None:
    """ID-20: the duty goes on with the case; whoever held it sees nothing of it here any more."""
    await scene.case_opens()
    await scene.bench.receives(scene.awaited())
    await scene.ticks(at(21))
    former, new = (scene.bench.person(f"{ngo}.caseworker") for ngo in ("ngo-amc", "ngo-clean-world"))
    await scene.bench.receives(
        ids.HolderChanged(case_id=scene.case_id, effective_at=at(21), holder="ngo-clean-world", previous="ngo-amc")
    )
    tasks = [item["task"] for item in (await new.get_ok("/api/inbox"))["items"]]
    assert tasks == ["case_taken_over", "clock_approaching"]
    mine = (await new.get_ok("/api/deadlines", mine=True))["items"]
    assert [(clock["kind"], clock["agency"]) for clock in mine] == [("referral", None)]
    inbox = await former.get_ok("/api/inbox")
    assert (inbox["items"], inbox["unread"], inbox["overdue"]) == ([], 0, 0)
    assert (await former.get_ok("/api/clocks"))["items"] == []
    assert (await former.get(f"/api/clocks/{mine[0]['id']}")).status_code == 404
    await scene.ticks(at(25))
    assert (await new.get_ok("/api/inbox"))["overdue"] == 1


@pytest.mark.parametrize(("hours", "breached"), [(5, False), (30, True)])
async def test_the_duty_met_without_the_name_stops_the_clock(
    scene: Scene, at: At, hours: float, breached: bool
) -> None:
    """ID-7: met without identity, and nothing is opened to police; a late one says its breach first."""
    await scene.case_opens()
    await scene.bench.receives(scene.awaited())
    scene.bench.now = at(hours)
    await scene.bench.receives(ids.ReferralDutyMet(case_id=scene.case_id, effective_at=at(hours), holder="ngo-amc"))
    await scene.ticks(at(99))
    assert await scene.deadlines() == [*([("DeadlineBreached", False)] if breached else []), ("DeadlineMet", False)]
    worker, police = scene.bench.person("ngo-amc.caseworker"), scene.bench.person("mia-special.assessor")
    (clock,) = (await worker.get_ok("/api/clocks", state="met_without_identity"))["items"]
    assert datetime.fromisoformat(clock["ended_at"]) == at(hours)
    assert (clock["breached_at"] is not None) == breached
    assert not any(action["allowed"] for action in clock["actions"])
    assert (await police.get_ok("/api/clocks"))["items"] == []
    assert await scene.tasks("mia-special") == []
    assert {row.agency for row in await scene.rows("select agency from case_access")} == {"ngo-amc"}


async def test_a_consent_after_the_notice_without_the_name_counts_anew(scene: Scene, at: At) -> None:
    """ID-7: the person agrees later; the hand-over is waited for again."""
    await scene.case_opens()
    await scene.bench.receives(
        scene.awaited(),
        ids.ReferralDutyMet(case_id=scene.case_id, effective_at=at(0), holder="ngo-amc"),
        scene.awaited(),
    )
    states = [row.state for row in await scene.rows("select state from clock order by id")]
    assert states == ["met_without_identity", "running"]
    assert await scene.rows("select * from early_end where kind = 'referral'") == []


async def test_a_notice_of_which_no_clock_runs_meets_no_later_one(scene: Scene, at: At) -> None:
    """ID-7: nobody waited when the notice was made; a hand-over that comes later is waited for."""
    await scene.case_opens()
    await scene.bench.receives(ids.ReferralDutyMet(case_id=scene.case_id, effective_at=at(0), holder="ngo-amc"))
    await scene.bench.receives(scene.awaited())
    assert [row.state for row in await scene.rows("select state from clock")] == ["running"]


async def test_the_authority_sees_the_clocks_of_a_child_and_not_of_an_adult(scene: Scene, at: At) -> None:
    """ID-5: hand-over, reflection, stay; what consents others had it does not see."""
    stay = shl.ShelterAdmitted(
        case_id=scene.case_id, effective_at=at(0), stay_id=uuid4(), operator="ngo-acu", ends_at=at(99)
    )
    await scene.case_opens(age_group="child")
    await scene.bench.receives(scene.awaited(), stay)
    authority = scene.bench.person(f"{GUARDIANSHIP}.caseworker")
    assert {c["kind"] for c in (await authority.get_ok("/api/clocks"))["items"]} == {"referral", "stay"}
    await scene.bench.receives(facts(scene, "adult", 1))
    assert (await authority.get_ok("/api/clocks"))["items"] == []


async def test_items_for_staff_are_published_without_their_recipient(scene: Scene) -> None:
    """NO-1: the bus learns that staff have something to read, and not who or about what."""
    await scene.case_opens(age_group="child")
    (delivered,) = [body for name, body in await scene.bench.published() if name == "NotificationDelivered"]
    assert set(delivered) == set(events.NotificationDelivered.model_fields)
    assert GUARDIANSHIP not in str(delivered)
