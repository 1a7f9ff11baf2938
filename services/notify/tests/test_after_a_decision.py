"""What notify does after a negative decision, an appeal, and the end of a case (ID-9, NO-2, NO-3, NO-4)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.domain.kinds import BY_CODE
from notify.domain.sending import is_over
from notify.use_cases.sendings import begin_sending, claim_due
from nrm_events import fund as fnd
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl
from nrm_events.base import GrantEvent

from .givens import NOW, Scene

At = Callable[[float], datetime]
ENDS = get_args(ids.CaseClosed.model_fields["outcome"].annotation)


def declined(scene: Scene, decision_id: UUID, **more: Any) -> ids.IdentificationDeclined:
    return ids.IdentificationDeclined(
        case_id=scene.case_id,
        effective_at=scene.bench.clock(),
        decision_id=decision_id,
        authority="mia-special",
        reasons=["new_facts"],
        **more,
    )


def closed(scene: Scene, outcome: str) -> ids.CaseClosed:
    return ids.CaseClosed.model_validate(
        {"case_id": scene.case_id, "effective_at": scene.bench.clock(), "outcome": outcome}
    )


async def clocks(scene: Scene) -> dict[str, str]:
    rows = await scene.rows("select kind, state from clock where case_id = :case", case=scene.case_id)
    return {row.kind: row.state for row in rows}


@pytest.mark.parametrize("negative", ["declined", "revoked"])
async def test_the_person_gets_a_message_and_the_holder_a_task(scene: Scene, negative: str) -> None:
    """ID-9: by the safe channel; an appeal that was decided likewise."""
    await scene.case_opens()
    decision = uuid4()
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock()}
    revoked = ids.RecognitionRevoked(
        **about, recognition_id=uuid4(), kind="formal", authority="mia-special", reasons=["new_facts"]
    )
    await scene.bench.receives(declined(scene, decision) if negative == "declined" else revoked)
    assert await scene.sender().send_due() == 1
    assert (await scene.message()).state == "sent"
    expected = "case_not_recognised" if negative == "declined" else "recognition_revoked"
    assert expected in await scene.tasks("holder")


async def test_the_term_of_an_appeal_and_of_its_decision_are_clocks(scene: Scene, at: At) -> None:
    """ID-9, NO-3: they go on after the closing; lodged in time and decided in time they are met."""
    await scene.case_opens()
    decision, appeal = uuid4(), uuid4()
    await scene.bench.receives(declined(scene, decision, appeal_by=NOW + timedelta(days=30)), closed(scene, "closed"))
    assert (await clocks(scene))["appeal"] == "running"
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock(), "decision_id": decision}
    lodged = ids.IdentificationAppealed(**about, appeal_id=appeal, to="court", due_at=NOW + timedelta(days=90))
    await scene.bench.receives(lodged)
    assert await clocks(scene) == {"appeal": "met", "appeal_decision": "running"}
    await scene.ticks(at(24 * 91))
    assert (await clocks(scene))["appeal_decision"] == "breached"
    settled = ids.IdentificationAppealDecided(
        **about | {"effective_at": scene.bench.clock()}, appeal_id=appeal, outcome="upheld", decided_by="court"
    )
    await scene.bench.receives(settled)
    assert (await clocks(scene))["appeal_decision"] == "met_late"
    assert "appeal_decided" in await scene.tasks("holder")


GRANTS = {
    "stay": (shl, "mia-shelter"),
    "handover": (shl, "vac"),
    "bar": (rep, "mia-special"),
    "permit": (rep, "sms"),
    "return": (rep, "iom"),
    "reflection": (ids, None),
}


@pytest.mark.parametrize("grant", GRANTS)
async def test_whoever_granted_looks_again_by_task_and_clock(scene: Scene, grant: str, at: At) -> None:
    """ID-9: from the start a task, after ten working days a breach, which cancels nothing; a look meets it."""
    await scene.case_opens()
    service, agency = GRANTS[grant]
    object_id = uuid4()
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock(), "grant": grant, "grant_id": object_id}
    await scene.bench.receives(
        service.ReExaminationRequired.model_validate(about | {"reason": "recognition_revoked", "agency": agency})
    )
    assert await scene.tasks(agency or "holder") == ["re_examine"]
    assert await clocks(scene) == {f"re_examination_of_{grant}": "running"}
    await scene.ticks(at(24 * 20))
    assert await clocks(scene) == {f"re_examination_of_{grant}": "breached"}
    looked = about | {"effective_at": scene.bench.clock()}
    await scene.bench.receives(service.ReExaminationSettled.model_validate(looked))
    assert await clocks(scene) == {f"re_examination_of_{grant}": "met_late"}


async def test_the_fund_looks_again_at_a_claim(scene: Scene) -> None:
    """ID-9, FU-8."""
    await scene.case_opens()
    claim = uuid4()
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock()}
    await scene.bench.receives(fnd.ClaimReexamined(**about, claim_id=claim, kind="allowance", amount_qepik=100))
    assert await scene.tasks("fund") == ["re_examine"]
    await scene.bench.receives(fnd.ReExaminationSettled(**about, grant="claim", grant_id=claim))
    assert await clocks(scene) == {"re_examination_of_claim": "met"}


def test_every_grant_has_its_clock() -> None:
    """ID-9: what a service may mark, somebody is awaited at."""
    grants = get_args(GrantEvent.model_fields["grant"].annotation)
    assert {f"re_examination_of_{grant}" for grant in grants} <= BY_CODE.keys()


async def test_an_opinion_reaches_whose_decision_it_is_about(scene: Scene) -> None:
    """ID-8: the authority; an opinion on a case that was not handed over, the holder."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock()}
    await scene.bench.receives(ids.OpinionGiven(**about, opinion_id=uuid4(), dissents=True, authority="mia-special"))
    await scene.bench.receives(ids.OpinionGiven(**about, opinion_id=uuid4(), dissents=False))
    assert await scene.tasks("mia-special") == ["opinion_given"]
    assert await scene.tasks("holder") == ["opinion_given"]


@given(st.booleans(), st.booleans(), st.booleans())
def test_what_goes_out_after_the_end(withdrawn: bool, before: bool, lasting: bool) -> None:
    """NO-2, ID-9: who withdrew gets the news of a later decision alone; of a closed case only earlier mail ends."""
    over = is_over(withdrawn=withdrawn, before=before, lasting=lasting)
    assert over == ((before or not lasting) if withdrawn else (before and not lasting))


@pytest.mark.parametrize("outcome", ENDS)
async def test_a_message_that_waits_is_not_sent_after_the_end(scene: Scene, outcome: str, at: At) -> None:
    """NO-2: not a minute after; and none that follows, where the person withdrew."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified(), closed(scene, outcome))
    assert await scene.sender().send_due() == 0
    assert (await scene.message()).state == "skipped"
    scene.bench.now = at(1)
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    assert len(scene.outside.mails) == (0 if outcome == "withdrawn" else 1)


async def test_the_news_of_a_decision_is_sent_after_a_closing(scene: Scene) -> None:
    """ID-9: declined and closed at once, the person is told whom to ring all the same; after a withdrawal not."""
    await scene.case_opens()
    await scene.bench.receives(declined(scene, uuid4()), closed(scene, "closed"))
    assert await scene.sender().send_due() == 1
    other = Scene(scene.bench, scene.outside)
    await other.case_opens()
    await other.bench.receives(declined(other, uuid4()), closed(other, "withdrawn"))
    assert await other.sender().send_due() == 0


async def test_a_sender_that_has_the_message_already_sends_nothing(scene: Scene) -> None:
    """NO-2: the case ends between the claim and the call."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    async with scene.unit_of_work() as uow:
        (claimed,) = await claim_due(uow)
        await uow.session.commit()
    await scene.bench.receives(closed(scene, "withdrawn"))
    async with scene.unit_of_work() as uow:
        assert await begin_sending(uow, claimed) is None
    assert (await scene.message()).state == "skipped"


async def test_tasks_that_wait_for_the_case_end_with_it(scene: Scene, at: At) -> None:
    """NO-3: those of the hand-over; not those of a decision. A reopened case has new ones."""
    await scene.case_opens()
    await scene.bench.receives(scene.awaited(), scene.referred(), declined(scene, uuid4()))
    await scene.ticks(at(23))
    person = scene.bench.person("mia-special.assessor")
    before = {item["task"] for item in (await person.get_ok("/api/inbox"))["items"]}
    assert {"referral_received", "clock_approaching"} <= before
    await scene.bench.receives(closed(scene, "closed"))
    assert {item["task"] for item in (await person.get_ok("/api/inbox"))["items"]} == set()
    holder = scene.bench.person("ngo-amc.caseworker")
    assert "case_not_recognised" in {item["task"] for item in (await holder.get_ok("/api/inbox"))["items"]}
    reopened = ids.IdentificationReopened(case_id=scene.case_id, effective_at=scene.bench.clock(), decision_id=uuid4())
    await scene.bench.receives(reopened)
    assert "case_reopened" in {item["task"] for item in (await holder.get_ok("/api/inbox"))["items"]}


async def test_a_reflection_period_outlives_its_case(scene: Scene, at: At) -> None:
    """ID-10, NO-3: only the person ends it, so its clock runs on after the closing until the period ended."""
    await scene.case_opens()
    about = {"case_id": scene.case_id, "effective_at": scene.bench.clock(), "reflection_id": uuid4()}
    await scene.bench.receives(ids.ReflectionStarted(**about, ends_at=at(30 * 24)), closed(scene, "closed"))
    assert (await clocks(scene))["reflection"] == "running"
    await scene.bench.receives(ids.ReflectionEnded(**about | {"effective_at": at(30 * 24)}))
    assert (await clocks(scene))["reflection"] == "met"
