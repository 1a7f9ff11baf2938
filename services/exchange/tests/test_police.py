"""Police receive nothing of a case that was not handed over to them, by whatever way it is tried (ID-7)."""

from typing import Any

import pytest
from chassis.clock import new_id
from exchange.settings import PACKAGE
from nrm_events import Event
from nrm_events.agencies import HandoverAnswered, ReferralSubmitted, ReferralTaken, WithdrawalAcknowledged
from nrm_events.identification import CaseClosed, CaseOpened, ReferralAwaited, SubmissionAnswered, VictimIdentified

from .givens import (
    AMC,
    POLICE,
    Door,
    a_line,
    admitted,
    an_agreement,
    assisted,
    at,
    granted,
    handed_over,
    noticed,
    opened,
    support_requested,
    withdrawn,
)

JOINED = "precinct-nine"
"""A police body with a code that nobody knows."""
CLOSED = "identification.CaseClosed"
ADDRESSES = [
    ("identification.CaseOpened", "holder"),
    ("identification.ReferralAwaited", "holder"),
    ("identification.VictimIdentified", "authority"),
    ("identification.ConsentGranted", "recipient"),
    ("shelter.PlaceOffered", "operator"),
    ("shelter.ShelterAdmitted", "operator"),
    ("shelter.HandoverRequested", "to"),
    ("repatriation.RemovalBarNoticed", "told"),
]
EVERY_LINE = [
    a_line(CLOSED, "outcome", ground="formal_body"),
    *(a_line(event, ground="addressed", field=field) for event, field in ADDRESSES),
]


@pytest.fixture(params=[POLICE, JOINED])
async def police(door: Door, request: pytest.FixtureRequest) -> str:
    """A police body of the start, and one that joined later: each with every line that an agreement can have."""
    code = str(request.param)
    await door.joins(code, "police", tells=EVERY_LINE, may_say=["ReferralSubmitted", "ReferralTaken"])
    return code


def closed(case: Any, days: float = 3) -> CaseClosed:
    return CaseClosed(effective_at=at(days), case_id=case, outcome="closed")


def everything_addressed_to(code: str, case: Any) -> list[Event]:
    """Every event that names the agency, whatever it says of it."""
    facts = {"effective_at": at(2), "case_id": case, "age_group": "adult", "citizenship": "foreign"}
    return [
        CaseOpened(**facts, report_id=new_id(), holder=code),
        ReferralAwaited(effective_at=at(2), case_id=case, holder=code, due_at=at(3)),
        VictimIdentified(**facts, recognition_id=new_id(), authority=code),
        granted(case, code, purpose="referral", data_class="identity"),
        admitted(case, code, new_id(), days=2),
        support_requested(code, case),
        noticed(case, code),
        closed(case),
    ]


async def test_an_event_that_names_it_reaches_no_police_body(door: Door, police: str) -> None:
    """Not as holder, operator, addressee or recipient of a consent."""
    case = new_id()
    for event in everything_addressed_to(police, case):
        await door.receives(event)
    assert await door.sent_to(police) == []


async def test_what_waited_is_not_released_to_police_by_a_consent_or_a_service(door: Door, police: str) -> None:
    case = new_id()
    await door.receives(closed(case))
    for event in everything_addressed_to(police, case):
        await door.receives(event)
    assert await door.sent_to(police) == []


async def test_a_hand_over_to_another_police_body_opens_nothing(door: Door, police: str) -> None:
    case = new_id()
    await door.receives(handed_over(case, "police-other"))
    for event in everything_addressed_to(police, case):
        await door.receives(event)
    assert await door.sent_to(police) == []


async def test_after_the_hand_over_police_receive_what_was_agreed(door: Door, police: str) -> None:
    case, hidden = new_id(), new_id()
    await door.receives(closed(case, days=3), closed(hidden, days=3))
    await door.receives(handed_over(case, police, days=2))
    assert await door.shared_with(police) == [(CLOSED, "formal_body", {"outcome": "closed"})]


async def test_police_receive_the_end_of_a_case_that_was_handed_over(door: Door, police: str) -> None:
    """The case is closed: the body acts no more, and receives what it reads of its own record."""
    case = new_id()
    await door.receives(handed_over(case, police, days=2))
    await door.receives(closed(case, days=3))
    await door.receives(closed(case, days=4))
    assert await door.shared_with(police) == [(CLOSED, "formal_body", {"outcome": "closed"})] * 2


async def test_what_happened_before_the_hand_over_stays_with_the_others(door: Door, police: str) -> None:
    case = new_id()
    await door.receives(closed(case, days=1), handed_over(case, police, days=2))
    assert await door.sent_to(police) == []


async def test_the_end_of_a_consent_does_not_reach_police(door: Door, police: str) -> None:
    """Services acknowledge it, and nobody waits for police to do so."""
    case = new_id()
    consent = granted(case, police, purpose="referral", data_class="identity")
    await door.receives(consent)
    await door.receives(withdrawn(consent, 5))
    assert await door.sent_to(police) == []
    assert [name for name, _ in await door.published()] == ["ConsentWithdrawalAcknowledged"]
    assert (await door.shows(police))["withdrawals_not_acknowledged"] == 0


async def test_nor_when_it_was_suspended_meanwhile(door: Door, police: str) -> None:
    case = new_id()
    consent = granted(case, police, purpose="referral", data_class="identity")
    await door.receives(consent)
    await door.acts(police, "suspension", reason="flooding")
    await door.receives(withdrawn(consent, 5))
    await door.acts(police, "resumption")
    assert await door.sent_to(police) == []


async def test_the_end_of_a_consent_reaches_police_in_a_case_that_was_handed_over(door: Door, police: str) -> None:
    case = new_id()
    consent = granted(case, police, purpose="referral", data_class="identity")
    await door.receives(consent)
    await door.receives(handed_over(case, police, days=2))
    await door.receives(withdrawn(consent, 5))
    assert [name for name, _ in await door.sent_to(police)] == ["ConsentEnded"]


async def test_an_answer_to_police_names_no_case_that_was_not_handed_over(door: Door, police: str) -> None:
    """Whether the person was known already, is what the case's id would reveal (ID-18)."""
    submitted = await door.submits(police, ReferralSubmitted(effective_at=at(0), handle_id=new_id()))
    await door.receives(_answered(submitted, police, case_id=new_id()))
    ((_, answer),) = await door.sent_to(police)
    assert (answer["accepted"], answer["code"], answer["case_id"]) == (True, "accepted", None)


async def test_an_answer_in_a_case_that_was_handed_over_names_it(door: Door, police: str) -> None:
    case = new_id()
    await door.receives(handed_over(case, police))
    submitted = await door.submits(police, ReferralTaken(effective_at=at(2), case_id=case))
    await door.receives(_answered(submitted, police, case_id=case))
    ((_, answer),) = await door.sent_to(police)
    assert (answer["accepted"], answer["case_id"]) == (True, str(case))


def _answered(submitted: Any, agency: str, **more: Any) -> SubmissionAnswered:
    facts = {"effective_at": at(1), "submission_id": submitted, "agency": agency, "accepted": True, "code": "accepted"}
    return SubmissionAnswered(**facts | more)


async def test_a_hidden_case_and_one_that_never_was_have_the_same_answers(door: Door, police: str) -> None:
    """The exchange passes both on alike, and answers an acknowledgement of either with the same words."""
    hidden, never, consent = new_id(), new_id(), new_id()
    await door.joins(police, "police", edition=2, tells=[], may_say=["ReferralTaken", "WithdrawalAcknowledged"])
    await door.receives(opened(hidden), granted(hidden, AMC), assisted(hidden))
    for case in (hidden, never):
        await door.submits(police, ReferralTaken(effective_at=at(2), case_id=case))
        await door.submits(police, WithdrawalAcknowledged(effective_at=at(2), case_id=case, consent_id=consent))
        await door.submits(police, HandoverAnswered(effective_at=at(2), case_id=case, handover_id=new_id(), taken=True))
    passed_on = [(name, data["case_id"]) for name, data in await door.published()]
    assert passed_on == [("ReferralTaken", str(hidden)), ("ReferralTaken", str(never))]
    answers = [(answer["accepted"], answer["code"], answer["case_id"]) for _, answer in await door.sent_to(police)]
    assert answers == [(False, "unknown", None), (False, "not_agreed", None)] * 2


async def test_the_number_of_hidden_events_is_not_in_the_counts(door: Door, police: str) -> None:
    case, hidden = new_id(), new_id()
    await door.receives(closed(hidden), closed(case))
    assert await door.count(f"withheld where agency = '{police}'") == 2
    shown = await door.shows(police)
    assert (shown["events_withheld"], shown["events_told"], shown["cases_told"]) == (0, 0, 0)
    await door.receives(handed_over(case, police, days=4))
    assert (await door.shows(police))["events_withheld"] == 1


@pytest.mark.parametrize("code", [POLICE, JOINED])
@pytest.mark.parametrize(
    ("line", "where"),
    [
        (a_line(), "body.tells.0.purpose"),
        (a_line(CLOSED, ground="formal_body", purpose="referral"), "body.tells.0.purpose"),
        (
            a_line("shelter.HandoverRequested", ground="addressed", field="to", purpose="shelter"),
            "body.tells.0.purpose",
        ),
        (a_line(CLOSED, ground="holder"), "body.tells.0.ground"),
        (a_line(CLOSED, ground="serves"), "body.tells.0.ground"),
        (a_line(CLOSED, ground="asked"), "body.tells.0.ground"),
        (a_line(CLOSED, ground="guardian_authority"), "body.tells.0.ground"),
    ],
)
async def test_an_agreement_with_police_knows_the_hand_over_alone(
    door: Door, code: str, line: dict[str, Any], where: str
) -> None:
    faults = await door.refuses(an_agreement(code, "police", tells=[line]))
    assert [(place, fault) for place, fault, _ in faults] == [(where, "police_by_handover")]
    assert "hand-over" in faults[0][2]


async def test_the_hand_over_itself_reaches_the_body_that_it_names(door: Door, police: str) -> None:
    line = a_line("identification.VictimReferred", "due_at", ground="addressed", field="to")
    await door.joins(police, "police", edition=2, tells=[line])
    case = new_id()
    await door.receives(handed_over(case, "police-other"), handed_over(new_id(), police))
    assert [event for event, _, _ in await door.shared_with(police)] == ["identification.VictimReferred"]


def test_one_function_writes_to_agencies() -> None:
    """The gate cannot be passed by: nothing else emits on a topic of its own choice."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    writing = {name: text.count("topic=agency_topic(") for name, text in sources.items() if "topic=" in text}
    assert {name: count for name, count in writing.items() if count} == {"agency_outbound.py": 1}
    assert [name for name, text in sources.items() if "outbox" in text or '"ext.' in text] == []
