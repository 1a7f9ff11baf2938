"""What the search finds in the database is what comparing with every person finds (ID-18)."""

import random
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from chassis.testing import ServiceUnderTest
from identification.domain.names import POSSIBLE, rank
from identification.tables import Person, PersonWord, Report, SearchDigest
from identification.use_cases.same_person_matching import matches
from identification.use_cases.search_index import described, keys_of, open_found, reindex_persons
from sqlalchemy import delete, insert, select, true

from .givens import NGO, a_received_report
from .test_name_words import work
from .test_search_is_complete import mistyped
from .test_search_keys import HARD

WORDS = [word for group in HARD[:2] for word in group.split()] + ["Rəşad", "Rəşid", "Əliyev", "Алиев"]


def a_person(chance: random.Random) -> dict[str, Any]:
    """One to three names out of a few; a year, a number and a phone are known of some."""
    fields = ("prs_FirstName", "prs_SecondName", "prs_MiddleName")[: chance.randint(1, 3)]
    known: dict[str, Any] = {field: mistyped(chance.choice(WORDS), chance) for field in fields}
    if chance.random() < 0.6:
        known["prs_Birthdate"] = date(chance.randrange(1988, 1992), 5, 5).isoformat()
    if chance.random() < 0.5:
        known["prs_IdentityNumber"] = f"AZE{chance.randrange(10)}77{chance.randrange(3)}321"
    if chance.random() < 0.2:
        known["prs_MobilePhone"] = f"+9945000000{chance.randrange(3):02}"
    return known


async def found(service: ServiceUnderTest, report_id: UUID) -> dict[UUID, int]:
    """Case and score, by the digests."""
    async with work(service) as uow:
        report = await uow.session.get_one(Report, report_id)
        return {match.case.id: match.score for match in await matches(uow, report, true())}


async def compared(service: ServiceUnderTest, report_id: UUID) -> dict[UUID, int]:
    """The same, by comparing with every person there is."""
    async with work(service) as uow:
        report = await uow.session.get_one(Report, report_id)
        everybody = await open_found(uow, list(await uow.session.scalars(select(Person.case_id))))
        ours = described(everybody.pop(report.case_id))
        scores = {case_id: rank(ours, described(theirs))[0] for case_id, theirs in everybody.items()}
        return {case_id: score for case_id, score in scores.items() if score >= POSSIBLE}


async def as_of_a_former_edition(service: ServiceUnderTest, case_ids: Collection[UUID]) -> None:
    """The persons as the release before this one left them: each key of a name alone, and no words."""
    async with work(service) as uow:
        vault = uow.resources.vault
        for case_id, person in (await open_found(uow, case_ids)).items():
            for table in (SearchDigest, PersonWord):
                await uow.session.execute(delete(table).where(table.case_id == case_id))
            keys = sorted(keys_of(person.values))
            rows = [{"case_id": case_id, "kind": kind, "digest": vault.digest(kind, key)} for kind, key in keys]
            await uow.session.execute(insert(SearchDigest), rows)
            (await uow.session.get_one(Person, case_id)).indexed_by = b"3333"


async def test_the_digests_find_whom_comparing_with_everybody_finds(alone: ServiceUnderTest) -> None:
    """A town of namesakes, all as indexed today, half of them by a former edition, and all reindexed."""
    chance = random.Random(81)  # noqa: S311
    reports = [await a_received_report(alone, NGO, htcds=a_person(chance)) for _ in range(45)]
    searched = [UUID(report["id"]) for report in reports]
    expected = {report: await compared(alone, report) for report in searched}
    assert sum(map(len, expected.values())) > 40
    assert {report: await found(alone, report) for report in searched} == expected
    await as_of_a_former_edition(alone, [UUID(report["case_id"]) for report in reports[::2]])
    assert {report: await found(alone, report) for report in searched} == expected
    async with work(alone) as uow:
        assert (await reindex_persons(uow, None))[1:] == (23, 0)
    assert {report: await found(alone, report) for report in searched} == expected
