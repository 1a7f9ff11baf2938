"""The migration service is notified of bars with consent, and of a child's always (RP-4, ID-12)."""

from uuid import uuid4

from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference

from .givens import (
    CASEWORKER,
    MOTION_OFFICER,
    NOTICE,
    PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    claim,
    consent,
    facts_change,
    hand_over,
    published,
    recognise,
    withdraw_consent,
)


async def test_without_consent_the_bar_stands_and_sms_knows_nothing(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-12: no notice, no sight, not in a list and not by id; the caseworker prints the certificate."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    assert bar["told"] is False
    assert await published(repatriation, case, "RemovalBarNoticed") == []
    officer = repatriation.person(PERMIT_OFFICER)
    assert (await officer.get_ok("/api/bars"))["items"] == []
    unknown = await officer.get(f"/api/bars/{uuid4()}")
    hidden = await officer.get(f"/api/bars/{bar['id']}")
    assert (hidden.status_code, hidden.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    assert hidden.status_code == 404
    shown = await repatriation.person(CASEWORKER).get_ok(f"/api/bars/{bar['id']}/certificate")
    assert (shown["until"], shown["case_ref"]) == (bar["until"], case_reference(case))
    assert "06.03.2027" in shown["text"]["az"]
    assert all("victim" not in text and "alver" not in text and "торгов" not in text for text in shown["text"].values())


async def test_consent_granted_later_notifies_then(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-12: notified of what stands when consent comes; withdrawn, sms sees nothing and gets no more."""
    case = await a_recognised_case(repatriation)
    agreed = await consent(repatriation, case, "sms", "removal_bar")
    (seen,) = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    assert (seen["state"], set(seen)) == ("standing", NOTICE)
    assert [n["told"] for n in await published(repatriation, case, "RemovalBarNoticed")] == ["sms"]
    await withdraw_consent(repatriation, case, agreed, recipient="sms", purpose="removal_bar")
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) == []
    (seen,) = await bars_of(repatriation, case, by=CASEWORKER)
    assert (seen["state"], seen["told"]) == ("standing", False)
    assert [n["told"] for n in await published(repatriation, case, "RemovalBarNoticeEnded")] == ["sms"]
    assert len(await published(repatriation, case, "ConsentWithdrawalAcknowledged")) == 1
    await claim(repatriation, case)
    assert len(await published(repatriation, case, "RemovalBarNoticed")) == 1


async def test_a_change_is_notified_at_once_while_consent_stands(repatriation: ServiceUnderTest) -> None:
    """RP-4: notified when raised, extended and lifted; with the last bar the notice ends."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    await consent(repatriation, case, "sms", "removal_bar")
    await recognise(repatriation, case)
    (bar,) = await bars_of(repatriation, case)
    officer = repatriation.person(MOTION_OFFICER)
    body = {"until": "2028-01-01T00:00:00+04:00", "version": bar["version"]}
    extended = await officer.post_ok(f"/api/bars/{bar['id']}/extension", body)
    body = {"reason": "court_decision", "version": extended["version"]}
    await officer.post_ok(f"/api/bars/{bar['id']}/lifting", body)
    names = [name for name, _ in await repatriation.published(str(case)) if name.startswith("RemovalBar")]
    assert names == [
        "RemovalBarRaised",
        "RemovalBarNoticed",
        "RemovalBarExtended",
        "RemovalBarNoticed",
        "RemovalBarLifted",
        "RemovalBarNoticed",
        "RemovalBarNoticeEnded",
    ]


async def test_for_another_purpose_consent_shows_no_bar(repatriation: ServiceUnderTest) -> None:
    """ID-12: a consent is per recipient and purpose."""
    case = await a_recognised_case(repatriation)
    await consent(repatriation, case, "sms", "residence_permit")
    await consent(repatriation, case, "iom", "removal_bar")
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) == []
    assert await published(repatriation, case, "RemovalBarNoticed") == []


async def test_a_childs_bars_are_always_notified(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-5: for a child without any consent, until it is established that they are an adult."""
    case = await a_recognised_case(repatriation, age_group="child")
    bars = await bars_of(repatriation, case, by=CASEWORKER)
    assert sorted((bar["basis"], bar["until"] is None) for bar in bars) == [
        ("child", True),
        ("considered_victim", False),
    ]
    assert all(bar["told"] for bar in bars)
    notices = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    assert {bar["id"] for bar in notices} == {bar["id"] for bar in bars}
    (child,) = [bar for bar in bars if bar["basis"] == "child"]
    refused = await repatriation.person(MOTION_OFFICER).post(
        f"/api/bars/{child['id']}/lifting", {"reason": "raised_in_error", "version": child["version"]}
    )
    assert refused.json()["code"] == "child_is_always_protected"
    await facts_change(repatriation, case, age_group="adult")
    states = {bar["basis"]: bar["state"] for bar in await bars_of(repatriation, case)}
    assert states == {"child": "lifted", "considered_victim": "standing"}
    assert len(await published(repatriation, case, "RemovalBarNoticeEnded")) == 1
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) == []
