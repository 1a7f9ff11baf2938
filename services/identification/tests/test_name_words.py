"""Words that names are spelled with: no search misses one, and none outlives the last person who has it (ID-18)."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.testing import ServiceUnderTest
from identification.resources import Work
from identification.use_cases import name_words
from sqlalchemy import text

from .givens import (
    AFTER,
    DECIDED,
    NGO,
    a_received_report,
    a_search,
    act,
    an_open_case,
    moment,
    opens,
    somebody,
)

WISH = {"ground": "person_asks", "reference": "12/2024"}


@asynccontextmanager
async def work(service: ServiceUnderTest) -> AsyncIterator[Work]:
    """A transaction of the service, which remembers what its process has read."""
    async with service.session() as session:
        yield service.service.unit_of_work(session, service.clock())


async def learned(service: ServiceUnderTest) -> set[str]:
    async with work(service) as uow:
        return set(await name_words.learned(uow))


async def stored(service: ServiceUnderTest) -> set[str]:
    """The words of the database, whatever the process remembers."""
    async with work(service) as uow:
        sealed = (await uow.session.scalars(text("select sealed from name_word"))).all()
        return {str(uow.resources.vault.open_word(row)) for row in sealed}


def called(first: str, second: str) -> dict[str, Any]:
    """Somebody of whom the name alone is known."""
    return {"prs_FirstName": first, "prs_SecondName": second}


async def erased(service: ServiceUnderTest, case: dict[str, Any]) -> None:
    await act(service, case, "closing", NGO, DECIDED)
    await act(service, case, "erasure", NGO, AFTER, version=await opens(service, case), **WISH)


async def test_somebody_whose_name_is_only_spelled_alike_is_found_beside_a_common_name(alone: ServiceUnderTest) -> None:
    """ID-18: Rəşad and Rəşid have no key in common; also once another process has stored the word since."""
    await a_search(alone, await a_received_report(alone, htcds=called("Nigar", "Quliyeva")))
    case = await an_open_case(alone, htcds=called("Rəşad", "Əliyev"))
    report = await a_received_report(alone, htcds=called("Rəşid", "Алиев"))
    assert [one["case_id"] for one in (await a_search(alone, report))["candidates"]] == [case["id"]]
    other = await a_received_report(alone, htcds=called("Rəşid", "Quliyev"))
    assert (await a_search(alone, other))["candidates"] == []


async def test_a_word_is_stored_once_and_goes_with_the_last_person_who_has_it(alone: ServiceUnderTest) -> None:
    first = await an_open_case(alone, htcds=called("Leyla", "Rzayeva"))
    second = await an_open_case(alone, htcds=called("Leyla", "Məmmədova"))
    assert await stored(alone) == {"leyla", "rzayev", "memmedov"}
    await erased(alone, first)
    assert await stored(alone) == {"leyla", "memmedov"}
    await erased(alone, second)
    assert await stored(alone) == set()


async def test_a_former_name_keeps_its_words_until_the_person_is_erased(alone: ServiceUnderTest) -> None:
    case = await an_open_case(alone, htcds=called("Leyla", "Rzayeva"))
    await act(alone, case, "identity", NGO, DECIDED, version=1, htcds={"prs_FirstName": "Nigar"})
    assert await stored(alone) == {"leyla", "nigar", "rzayev"}
    await erased(alone, case)
    assert await stored(alone) == set()


async def test_an_erased_word_is_forgotten_by_every_process_in_ten_minutes(alone: ServiceUnderTest) -> None:
    alone.now = moment(AFTER)
    case = await an_open_case(alone, htcds=called("Leyla", "Rzayeva"))
    await an_open_case(alone, htcds=called("Nigar", "Rzayeva"))
    assert await learned(alone) == {"leyla", "nigar", "rzayev"}
    await erased(alone, case)
    alone.now += timedelta(minutes=11)
    assert await learned(alone) == {"nigar", "rzayev"}


async def test_no_word_is_missed_in_whatever_order_transactions_end(alone: ServiceUnderTest) -> None:
    """Four transactions at a time take up words, and commit or fail; a search knows what is committed, and no more."""
    chance = random.Random(18)  # noqa: S311
    committed: set[str] = set()
    running: list[tuple[AsyncExitStack, Work, set[str]]] = []
    for step in range(120):
        if len(running) < 4:
            stack = AsyncExitStack()
            running.append((stack, await stack.enter_async_context(work(alone)), set()))
        stack, uow, taken = running[chance.randrange(len(running))]
        match chance.choice(["take", "take", "commit", "fail"]):
            case "take":
                word = f"word{step}"
                await name_words.retain(uow, {word} | set(chance.sample(sorted(committed), min(2, len(committed)))))
                taken.add(word)
            case "commit":
                await stack.aclose()
                committed |= taken
                running.remove((stack, uow, taken))
            case "fail":
                await uow.session.rollback()
                await stack.aclose()
                running.remove((stack, uow, taken))
        assert await learned(alone) == committed
    for stack, _, taken in running:
        await stack.aclose()
        committed |= taken
    assert await learned(alone) == committed == await stored(alone)
    assert len(committed) > 20


async def test_whoever_takes_up_a_word_while_its_last_person_is_erased_has_it(alone: ServiceUnderTest) -> None:
    """The new person waits for the erasure, and stores the word anew."""
    case = await an_open_case(alone, htcds=called("Leyla", "Rzayeva"))
    async with work(alone) as erasing:
        words = list(await erasing.session.scalars(text("select digest from name_word")))
        await erasing.session.execute(text("delete from person where case_id = :id"), {"id": UUID(case["id"])})
        await name_words.forget(erasing, words)
        reporting = asyncio.create_task(a_received_report(alone, htcds=called("Leyla", "Quliyeva")))
        await alone.until_somebody_waits()
    report = await reporting
    assert await stored(alone) == {"leyla", "quliyev"}
    again = await a_received_report(alone, htcds=called("Leyla", "Quliyeva"))
    assert [one["case_id"] for one in (await a_search(alone, again))["candidates"]] == [report["case_id"]]


async def test_an_erasure_waits_for_whoever_is_taking_up_a_word(alone: ServiceUnderTest) -> None:
    """The word stays, since somebody has it once the erasure may go on."""
    case = await an_open_case(alone, htcds=called("Leyla", "Rzayeva"))
    await act(alone, case, "closing", NGO, DECIDED)
    version = await opens(alone, case)
    other = await an_open_case(alone, htcds=called("Nigar", "Əliyeva"))
    async with work(alone) as taking:
        retained = await name_words.retain(taking, {"leyla"})
        erasing = asyncio.create_task(act(alone, case, "erasure", NGO, AFTER, version=version, **WISH))
        await alone.until_somebody_waits()
        row = {"id": UUID(other["id"]), "digest": retained["leyla"]}
        await taking.session.execute(text("insert into person_word values (:id, :digest)"), row)
    await erasing
    assert await stored(alone) == {"leyla", "nigar", "eliyev"}


async def test_a_report_that_changes_nothing_of_a_name_forgets_none(alone: ServiceUnderTest) -> None:
    known = somebody()
    case = await an_open_case(alone, htcds=known)
    before = await stored(alone)
    await act(alone, case, "identity", NGO, DECIDED, version=1, htcds={"prs_IdentityNumber": "TST00000001"})
    assert await stored(alone) == before
