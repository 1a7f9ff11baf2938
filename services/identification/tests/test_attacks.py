"""What a narrow reason to know of a case must not open: the stories of the issue (ID-7, ID-12)."""

from uuid import UUID

from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    AGREED,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    WHY,
    a_recognised_case,
    act,
    an_open_case,
    consent_to,
    events_of,
    opens,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
)
from .test_support_api import a_screening

BORDER = "sbs.reporter"
HIDDEN = {"status", "version", "holder", "source", "recognitions", "decisions", "screenings", "opinions", "who_knows"}
HIDDEN |= {"hidden_from_police", "referral", "reflection", "child_steps", "holder_offers", "rights_explained"}


async def test_who_is_let_in_for_a_removal_bar_does_nothing_else(identification: ServiceUnderTest) -> None:
    """ID-12: the border service cannot record a consent to police, hand over, see screenings or who helps."""
    case = await an_open_case(identification)
    await act(identification, case, "screenings", NGO, LATER, **a_screening())
    await shared_with(identification, case, "iom", "return")
    await shared_with(identification, case, "sbs", "removal_bar")
    to_police = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    for path, body in (
        ("consents", to_police),
        ("referral", {"version": 1}),
        ("recognitions", {"kind": "presumed"} | WHY),
        ("screenings", a_screening()),
        ("potential", {"categories": ["migrant_worker"]}),
        ("holder-offers", {"to": "sbs", "ground": "law", "legal_reference": "1"}),
        ("duty-without-name", {name: value for name, value in AGREED.items() if name != "given_by"}),
    ):
        refused = await refusal(identification, case, path, BORDER, **body)
        assert refused in [(403, "not_for_this_basis"), (403, "role_lacks_right")], path
    reading = await identification.person(BORDER).post(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
    )
    assert problem(reading) == (403, "not_for_this_basis")
    shown = await seen(identification, case, BORDER)
    assert not HIDDEN & shown.keys()
    assert [(c["recipient"], c["purpose"]) for c in shown["consents"]] == [("sbs", "removal_bar")]
    assert shown["clocks"] == []
    assert {a["reason"] for a in shown["actions"] if a["action"] in ("refer", "record_consent", "screen")} == {
        "not_for_this_basis"
    }
    assert (await identification.person(BORDER).get_ok(f"/api/cases/{case['id']}/history"))["items"] == []
    assert "iom" not in (await identification.person(BORDER).get(f"/api/cases/{case['id']}")).text
    assert (await seen(identification, case))["hidden_from_police"]


async def test_a_list_finds_no_case_by_what_may_not_be_read_of_it(identification: ServiceUnderTest) -> None:
    """ID-12: neither by status nor by holder, nor by a withdrawal that waits; counts are those of the lists."""
    case = await an_open_case(identification)
    withdrawn = (await shared_with(identification, case, "iom", "return"))["consents"][0]["id"]
    await act(identification, case, f"consents/{withdrawn}/withdrawal", NGO, LATER)
    await shared_with(identification, case, "sbs", "removal_bar")
    person = identification.person(BORDER)
    (listed,) = (await person.get_ok("/api/cases", case_ref=case["case_ref"]))["items"]
    assert listed.keys() == {"id", "case_ref", "age_group", "clocks"}
    for query in ({"status": "consent_pending"}, {"holder": "ngo-amc"}, {"unacknowledged": True}):
        found = (await person.get_ok("/api/cases", limit=200, **query))["items"]
        assert case["id"] not in [one["id"] for one in found], query
    assert (await person.get_ok("/api/reports", case_id=case["id"]))["items"] == []


async def test_reflection_is_ended_by_nobody_but_the_holder_with_the_persons_wish(
    identification: ServiceUnderTest,
) -> None:
    """ID-10: no third agency, never police, whatever their basis, also where police hold the case."""
    case = await a_recognised_case(identification)
    await act(identification, case, "reflection", OFFICER, DECIDED)
    await shared_with(identification, case, "ngo-clean-world", "joint_assessment", "identity")
    wish = {"written_wish": "7/2024"}
    for by in (OTHER_NGO, OFFICER):
        assert await refusal(identification, case, "reflection/end", by, AFTER, **wish) == (403, "not_for_this_basis")
    by_police = await an_open_case(identification, OFFICER)
    await act(identification, by_police, "recognitions", OFFICER, LATER, kind="presumed", **WHY)
    offered = await act(identification, by_police, "reflection", OFFICER, DECIDED)
    assert reason(offered, "end_reflection") == "not_for_this_basis"
    outcome = await refusal(identification, by_police, "reflection/end", OFFICER, AFTER, **wish)
    assert outcome == (403, "not_for_this_basis")
    assert "ReflectionEnded" not in await events_of(identification, by_police)


async def test_the_formal_body_learns_nothing_of_who_helped_before(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: consents to others, and who knows by them, from before the hand-over; the holder sees all."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "shelter", "needs")
    await act(identification, case, "age-doubts", OTHER_NGO, REPORTED, ground="appearance")
    await act(
        identification,
        case,
        "consents",
        NGO,
        REPORTED,
        recipient="mia-special",
        purpose="referral",
        data_class="identity",
        **AGREED,
    )
    await act(identification, case, "referral", NGO, LATER, version=await opens(identification, case))
    by_police = await seen(identification, case, OFFICER)
    assert [c["recipient"] for c in by_police["consents"]] == ["mia-special"]
    assert {row["agency"] for row in by_police["who_knows"]} == {"ngo-amc", "scfwca", "mia-special"}
    assert "ngo-clean-world" not in str(by_police)
    history = await identification.person(OFFICER).get(f"/api/cases/{case['id']}/history")
    assert "ngo-clean-world" not in history.text
    assert len((await seen(identification, case))["consents"]) == 2


async def test_the_formal_body_records_consents_to_recipients_of_help_alone(identification: ServiceUnderTest) -> None:
    """ID-12: and withdraws those that it recorded; of others it cannot tell whether there are any."""
    case = await an_open_case(identification)
    hidden = (await shared_with(identification, case, "iom", "return"))["consents"][0]["id"]
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER, version=await opens(identification, case))
    grant = {"purpose": "assistance", "data_class": "needs"} | AGREED
    to_police = await refusal(identification, case, "consents", OFFICER, DECIDED, recipient="mia-shelter", **grant)
    assert to_police == (409, "not_a_recipient_of_help")
    granted = await act(identification, case, "consents", OFFICER, DECIDED, recipient="vac", **grant)
    own = next(c["id"] for c in granted["consents"] if c["recipient"] == "vac")
    await act(identification, case, f"consents/{own}/withdrawal", OFFICER, AFTER)
    for unknown in (hidden, str(UUID(int=7))):
        refused = await refusal(identification, case, f"consents/{unknown}/withdrawal", OFFICER, AFTER)
        assert refused == (404, "not_found")
