"""What an agency's system submits: done as over HTTP or not at all, and answered in the same transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.bases import FORMAL_BODY, HOLDER
from casework.submissions import answer_each, system_of
from chassis.errors import DomainError, NotPossible
from chassis.subscription import Subscription
from chassis.testing import ServiceUnderTest, bench
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.corpus import made
from nrm_events.exchange import ReferralTaken
from nrm_events.identification import SubmissionAnswered
from sqlalchemy import select, text

from .casefile.app import SERVICE, ChangeSheet, Sheet, change
from .givens import AT, a_sheet


async def take(uow: UnitOfWork, submission: ReferralTaken) -> UUID:
    """The submission's id is that of the sheet, in this test."""
    sheet = await change(uow, submission.submission_id, ChangeSheet(note=f"by {uow.actor.sub}"))
    if sheet.state == "refusing":
        raise NotPossible("cannot_take", "No.")
    if sheet.state == "broken":
        raise DomainError("vault_away", "Away.", status=503)
    return sheet.case_id


async def referral_taken(uow: UnitOfWork, events: Sequence[Envelope[ReferralTaken]]) -> None:
    await answer_each(uow, events, SubmissionAnswered, take)


@pytest.fixture
async def listening(databases: Any) -> Any:
    service = replace(SERVICE, subscriptions=[Subscription(ReferralTaken, react=referral_taken)], handlers={})
    async with bench(service, databases) as made_service:
        yield made_service


def submitted(sheet: Sheet, agency: str = "ngo-amc") -> ReferralTaken:
    facts = ReferralTaken.model_validate_json(made(ReferralTaken).value).model_dump()
    more = {"submission_id": sheet.id, "agency": agency, "case_id": sheet.case_id, "effective_at": AT}
    return ReferralTaken.model_validate(facts | more)


async def _answers(service: ServiceUnderTest) -> list[tuple[bool, str, str | None]]:
    emitted = [payload for name, payload in await service.published() if name == "SubmissionAnswered"]
    return [(payload["accepted"], payload["code"], payload["case_id"]) for payload in emitted]


async def _audited(service: ServiceUnderTest) -> list[tuple[str, str, str, str]]:
    async with service.session() as session:
        rows = await session.execute(
            text("select actor, role, kind, outcome from audit_entry order by chain, position")
        )
        return [tuple(row) for row in rows]


async def _note(service: ServiceUnderTest, sheet: Sheet) -> str:
    async with service.session() as session:
        return str(await session.scalar(select(Sheet.note).where(Sheet.id == sheet.id)))


def test_an_agencys_system_acts_for_its_agency_in_its_own_role() -> None:
    actor = system_of("iom")
    assert (actor.sub, actor.agency, actor.roles, actor.role) == (
        "agency-iom",
        "iom",
        frozenset({"agency-system"}),
        "agency-system",
    )


async def test_what_the_basis_gives_is_done_and_accepted(listening: ServiceUnderTest) -> None:
    sheet = await a_sheet(listening, "ngo-amc", HOLDER)
    (envelope,) = await listening.receives(submitted(sheet))
    assert await _answers(listening) == [(True, "accepted", str(sheet.case_id))]
    assert await _note(listening, sheet) == "by agency-ngo-amc"
    assert await _audited(listening) == [("agency-ngo-amc", "agency-system", "act", "done")]
    ((_, emitted),) = await listening.published()
    assert (emitted["submission_id"], emitted["agency"]) == (str(sheet.id), "ngo-amc")
    assert emitted["effective_at"].startswith(envelope.time.isoformat()[:19])


@pytest.mark.parametrize("why", ["hidden", "missing"])
async def test_a_hidden_case_and_none_have_one_answer(listening: ServiceUnderTest, why: str) -> None:
    """ID-7."""
    hidden = await a_sheet(listening, "vac", HOLDER)
    sheet = hidden if why == "hidden" else Sheet(id=uuid4(), case_id=uuid4(), state="", note="", version=1)
    await listening.receives(submitted(sheet))
    assert await _answers(listening) == [(False, "unknown", None)]
    assert await _audited(listening) == [("agency-ngo-amc", "agency-system", "refusal", "unknown")]
    assert await _note(listening, hidden) == "a note"


async def test_another_basis_is_refused_by_its_code(listening: ServiceUnderTest) -> None:
    sheet = await a_sheet(listening, "ngo-amc", FORMAL_BODY)
    await listening.receives(submitted(sheet))
    assert await _answers(listening) == [(False, "not_for_this_basis", None)]


async def test_what_is_refused_half_way_leaves_nothing_and_the_next_is_done(listening: ServiceUnderTest) -> None:
    refused, fine = await a_sheet(listening, "ngo-amc", HOLDER), await a_sheet(listening, "ngo-amc", HOLDER)
    async with listening.session() as session:
        await session.execute(text("update sheet set state = 'refusing' where id = :id"), {"id": refused.id})
    await listening.receives(submitted(refused), submitted(fine))
    assert await _answers(listening) == [(False, "cannot_take", None), (True, "accepted", str(fine.case_id))]
    assert (await _note(listening, refused), await _note(listening, fine)) == ("a note", "by agency-ngo-amc")
    assert sorted(entry[2:] for entry in await _audited(listening)) == [("act", "done"), ("refusal", "cannot_take")]


async def test_what_may_succeed_later_is_not_answered_and_comes_again(listening: ServiceUnderTest) -> None:
    sheet = await a_sheet(listening, "ngo-amc", HOLDER)
    async with listening.session() as session:
        await session.execute(text("update sheet set state = 'broken' where id = :id"), {"id": sheet.id})
    await listening.receives(submitted(sheet))
    async with listening.session() as session:
        assert await session.scalar(text("select error_code from parked_event")) == "vault_away"
    assert await _answers(listening) == []
