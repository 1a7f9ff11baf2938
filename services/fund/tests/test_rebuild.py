"""The projection made anew gives the rows that the consumer wrote; a damaged one is repaired (ADR 17)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from chassis.rebuild.swap import RowChanges, shadow
from fund.subscriptions import PROJECTIONS
from nrm_events import Envelope, Event, exchange, identification, repatriation, shelter
from sqlalchemy import text

from .givens import MARCH, Desk
from .test_rights import granted, handed_over, withdrawn

TABLES = {
    "case_access": "case_id, agency, basis, about, data_class, ref, since",
    "opened_case": "case_id, opened_at, age_group, withdrawn_at, payee_revision",
    "recognition": "recognition_id, case_id, kind, since, revoked_at",
}


def a_life(desk: Desk, case_id: UUID) -> list[Event]:
    """Every kind of event that writes a row of the projection."""
    of_case: dict[str, Any] = {"effective_at": MARCH, "case_id": case_id}
    person = of_case | {"age_group": "child", "citizenship": "foreign"}
    first, second = granted(case_id, "ngo-acu", "assistance"), granted(case_id, "ngo-clrpl", "legal_aid")
    formal, stay, handover = desk.identified(case_id), uuid4(), of_case | {"handover_id": uuid4(), "to": "vac"}
    presumed = {"recognition_id": uuid4(), "kind": "ngo", "authority": "ngo-amc"}
    return [
        identification.CaseOpened(**person, report_id=uuid4(), holder="ngo-amc"),
        identification.PotentialVictimRecorded(**of_case, categories=["migrant_worker"]),
        identification.VictimPresumed(**person, **presumed),
        first,
        second,
        handed_over(case_id, "mia-special"),
        formal,
        withdrawn(first),
        shelter.ShelterAdmitted(**of_case, stay_id=stay, operator="ngo-acu", ends_at=MARCH),
        shelter.HandoverRequested(**handover, from_agency="ngo-amc"),
        shelter.HandoverAcknowledged(**handover),
        repatriation.RemovalBarNoticed(**of_case, bar_id=uuid4(), told="sms"),
        identification.HolderChanged(**of_case, holder="ngo-acu", previous="ngo-amc"),
        desk.revoked(formal.recognition_id, case_id),
        identification.PayeeChanged(**of_case, revision=1),
        identification.CaseClosed(**of_case, outcome="withdrawn"),
    ]


async def test_a_rebuild_gives_the_same_rows_fu_8_id_12(desk: Desk) -> None:
    """FU-8, ID-12: nothing to change after a life of events; rows that were lost, changed or invented are mended."""
    reopened = identification.IdentificationReopened
    joined = exchange.AgencyJoined(effective_at=MARCH, agency_id=uuid4(), agency="asan-police", kind="police")
    cases = [uuid4() for _ in range(3)]
    lives = [event for case_id in cases for event in a_life(desk, case_id)]
    await desk.bench.receives(joined)
    lives.append(reopened(effective_at=MARCH, case_id=cases[1], decision_id=uuid4()))
    envelopes = await desk.bench.receives(*lives, granted(cases[0], "asan-police", "assistance"))
    before = await rows(desk)
    assert {row[2] for row in before["case_access"]} >= {"holder", "formal_body", "serves", "consent", "told_of_bar"}
    assert {row[0]: row[3:] for row in before["opened_case"]} == {
        case_id: (None if case_id == cases[1] else MARCH, 1) for case_id in cases
    }
    assert not [row for row in before["case_access"] if row[1] == "asan-police"]
    assert await rebuilt(desk, envelopes) == RowChanges(0, 0)
    await damage(desk, cases)
    assert await rows(desk) != before
    assert await rebuilt(desk, envelopes) != RowChanges(0, 0)
    assert await rows(desk) == before


async def test_a_rebuild_drafts_no_allowance_fu_1(desk: Desk) -> None:
    """FU-1: what the Fund did once is not done again, and nothing is published."""
    case_id = uuid4()
    envelopes = await desk.bench.receives(*a_life(desk, case_id))
    published = await desk.bench.published(case_id)
    await rebuilt(desk, envelopes)
    assert await desk.bench.published(case_id) == published
    assert (await desk.allowance_of(case_id))["version"] == 3  # re-examined twice


async def rebuilt(desk: Desk, envelopes: Sequence[Envelope]) -> RowChanges:
    """The events of the projection once more in a shadow, which then takes the place of the rows."""
    projection = PROJECTIONS["cases"]
    async with shadow(desk.bench.settings.database_url, projection) as made:
        async with made.session.begin():
            await made.apply([envelope for envelope in envelopes if type(envelope.data) in projection.handlers])
        async with made.session.begin():
            await made.allow_writing()
            return await made.swap(None)


async def rows(desk: Desk) -> dict[str, set[tuple[Any, ...]]]:
    async with desk.bench.session() as session:
        return {
            table: {tuple(row) for row in await session.execute(text(f"select {columns} from {table}"))}  # noqa: S608
            for table, columns in TABLES.items()
        }


async def damage(desk: Desk, cases: Sequence[UUID]) -> None:
    async with desk.bench.session() as session:
        one = {"case": cases[0]}
        await session.execute(text("delete from case_access where basis = 'holder' and case_id = :case"), one)
        await session.execute(text("update recognition set revoked_at = null where case_id = :case"), one)
        await session.execute(text("delete from opened_case where case_id = :case"), one)
        invented = "insert into case_access (case_id, agency, basis, since) values (:case, 'sbs', 'holder', now())"
        await session.execute(text(invented), {"case": uuid4()})
