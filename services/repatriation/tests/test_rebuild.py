"""The projection made anew gives the rows that the consumer wrote, and leaves those of own acts (RP-4, ID-12)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.rebuild.swap import RowChanges, shadow
from chassis.testing import ServiceUnderTest
from nrm_events import Envelope, fund, identification, shelter
from repatriation.subscriptions import PROJECTIONS
from sqlalchemy import text

from .givens import (
    CONSIDERED,
    PERMIT_OFFICER,
    a_case,
    bars_of,
    claim,
    consent,
    facts_change,
    hand_over,
    lodged_permit,
    presume,
    recognise,
    withdraw_consent,
)

TABLES = ("case_access", "case_file", "recognition", "reflection", "claim_seen")


async def a_life(service: ServiceUnderTest) -> UUID:
    """Every kind of event that writes a row of the projection, and acts that write rows of this service's own."""
    case = await a_case(service, age_group="child")
    await presume(service, case, CONSIDERED - timedelta(days=1), age_group="child")
    await hand_over(service, case)
    revoked = await recognise(service, case, age_group="child")
    await consent(service, case, "sms", "removal_bar")
    await consent(service, case, "mia-special", "return")
    ended = await consent(service, case, "ngo-clrpl", "legal_aid")
    await withdraw_consent(service, case, ended, recipient="ngo-clrpl", purpose="legal_aid")
    await facts_change(service, case, age_group="adult")
    of_case: dict[str, Any] = {"effective_at": CONSIDERED, "case_id": case}
    running, over = uuid4(), uuid4()
    handover = {"handover_id": uuid4(), "to": "vac"}
    rejected = {"claim_id": await claim(service, case), "kind": "compensation", "amount_qepik": 1, "reasons": ["none"]}
    await service.receives(
        identification.ReflectionStarted(**of_case, reflection_id=over, ends_at=CONSIDERED + timedelta(days=30)),
        identification.ReflectionEnded(**of_case, reflection_id=over),
        identification.ReflectionStarted(**of_case, reflection_id=running, ends_at=CONSIDERED + timedelta(days=60)),
        identification.RecognitionRevoked(
            **of_case, recognition_id=revoked, kind="formal", authority="mia-special", reasons=["facts_changed"]
        ),
        fund.ClaimRejected(**of_case, **rejected, final=False),
        shelter.ShelterAdmitted(**of_case, stay_id=uuid4(), operator="ngo-acu", ends_at=CONSIDERED),
        shelter.HandoverRequested(**of_case, **handover, from_agency="ngo-amc"),
        shelter.HandoverAcknowledged(**of_case, **handover),
        identification.HolderChanged(**of_case, holder="ngo-acu", previous="ngo-amc"),
        identification.HolderChanged(**of_case, holder="ngo-amc", previous="ngo-acu"),
    )
    await lodged_permit(service, case)
    return case


async def test_a_rebuild_gives_the_same_rows(repatriation: ServiceUnderTest) -> None:
    """ID-12: nothing to change after a life of events; rows that were lost, changed or invented are mended."""
    envelopes = recorded(repatriation)
    case = await a_life(repatriation)
    before = await rows(repatriation)
    bases = {row["basis"] for row in before["case_access"]}
    assert bases == {"holder", "formal_body", "asked", "serves", "consent", "told_of_bar"}
    assert not [r for r in before["case_access"] if r["agency"] == "mia-special" and r["basis"] == "consent"]
    assert await rebuilt(repatriation, envelopes) == RowChanges(0, 0)
    await damage(repatriation, case)
    assert await rows(repatriation) != before
    assert await rebuilt(repatriation, envelopes) != RowChanges(0, 0)
    assert await rows(repatriation) == before


async def test_a_rebuild_leaves_what_this_service_granted_itself(repatriation: ServiceUnderTest) -> None:
    """RP-2, RP-4: notices and applications are its own acts and in no event that it reads."""
    envelopes = recorded(repatriation)
    case = await a_life(repatriation)
    async with repatriation.session() as session:
        await session.execute(text("delete from case_access where basis not in ('told_of_bar', 'asked')"))
    await rebuilt(repatriation, envelopes)
    officer = repatriation.person(PERMIT_OFFICER)
    assert [p["state"] for p in (await officer.get_ok("/api/permits", case_id=str(case)))["items"]] == ["lodged"]
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) != []


def recorded(service: ServiceUnderTest) -> list[Envelope]:
    """Every envelope that the service applies from now on."""
    envelopes: list[Envelope] = []
    apply = service.redelivers

    async def record(*some: Envelope) -> None:
        envelopes.extend(some)
        await apply(*some)

    service.redelivers = record  # type: ignore[method-assign]  # of this one
    return envelopes


async def rebuilt(service: ServiceUnderTest, envelopes: Sequence[Envelope]) -> RowChanges:
    """The events of the projection once more in a shadow, which then takes the place of the rows."""
    projection = PROJECTIONS["cases"]
    async with shadow(service.settings.database_url, projection) as made:
        async with made.session.begin():
            await made.apply([envelope for envelope in envelopes if type(envelope.data) in projection.handlers])
        async with made.session.begin():
            await made.allow_writing()
            return await made.swap(None)


async def rows(service: ServiceUnderTest) -> dict[str, list[dict[str, Any]]]:
    async with service.session() as session:
        return {
            table: [
                row[0]
                for row in await session.execute(text(f"select to_jsonb(t) from {table} t order by to_jsonb(t)"))  # noqa: S608
            ]
            for table in TABLES
        }


async def damage(service: ServiceUnderTest, case_id: UUID) -> None:
    of = {"case": case_id}
    async with service.session() as session:
        for statement in (
            "delete from case_access where basis = 'holder' and case_id = :case",
            "update recognition set revoked_at = null where case_id = :case",
            "update claim_seen set is_open = not is_open where case_id = :case",
            "update case_file set citizenship_before = 'citizen' where case_id = :case",
            "delete from reflection where case_id = :case",
            "insert into case_access (case_id, agency, basis, since) values (:case, 'sbs', 'holder', now())",
        ):
            await session.execute(text(statement), of)
