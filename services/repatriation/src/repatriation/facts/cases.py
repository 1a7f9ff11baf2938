"""The facts of cases that bars, permits and returns rest on. Each read takes many cases, for events come in lists."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from casework import access
from casework.bases import FORMAL_BODY, by_consent
from casework.tables import case_access
from chassis.database import among
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import exists, select

from repatriation.domain import bars
from repatriation.domain.bars import Claim, Person, Recognition
from repatriation.tables import CaseFile, ClaimSeen, Guardian
from repatriation.tables import Recognition as RecognitionRow


async def persons(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, Person]:
    """The person of each case, and whether the migration service may be notified of bars (RP-4)."""
    row = case_access.c
    consents = exists().where(
        row.case_id == CaseFile.case_id,
        row.agency == MIGRATION_SERVICE,
        access.matches((by_consent(bars.NOTICE_PURPOSE),)),
    )
    known = select(CaseFile.case_id, CaseFile.citizenship, CaseFile.age_group, consents.label("consents")).where(
        among(CaseFile.case_id, case_ids)
    )
    found = {r.case_id: Person(r.citizenship, r.age_group, r.consents) for r in await uow.session.execute(known)}
    return {case_id: found.get(case_id, Person(None, None)) for case_id in sorted(case_ids)}


async def person(uow: UnitOfWork, case_id: UUID) -> Person:
    """The person of one case."""
    return (await persons(uow, [case_id]))[case_id]


async def outcome(uow: UnitOfWork, case_id: UUID) -> str | None:
    """How the case ended; None while it goes on (ID-9)."""
    found: str | None = await uow.session.scalar(select(CaseFile.outcome).where(CaseFile.case_id == case_id))
    return found


async def was_child_at(uow: UnitOfWork, case_id: UUID, at: datetime) -> bool:
    """Whether the person was a child on that day (ID-5): whoever is one now, and whoever came of age since."""
    found = select((CaseFile.age_group == "child") | (CaseFile.child_until > at)).where(CaseFile.case_id == case_id)
    return bool(await uow.session.scalar(found))


async def has_guardian(uow: UnitOfWork, case_id: UUID, at: datetime) -> bool:
    """Whether identification knew of an appointed guardian on that day (ID-5, RP-5)."""
    last = select(Guardian.appointed).where(Guardian.case_id == case_id, Guardian.since <= at)
    return bool(await uow.session.scalar(last.order_by(Guardian.since.desc(), Guardian.step_id.desc()).limit(1)))


async def consents(uow: UnitOfWork, case_ids: Collection[UUID], purpose: str) -> Collection[tuple[UUID, str]]:
    """Case and recipient of every consent for this purpose that stands (ID-12)."""
    row = case_access.c
    found = select(row.case_id, row.agency).where(among(row.case_id, case_ids), access.matches((by_consent(purpose),)))
    return {(r.case_id, r.agency) for r in await uow.session.execute(found)}


async def formal_bodies(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The body that each case is handed over to, where there is one (ID-7)."""
    row = case_access.c
    found = select(row.case_id, row.agency).where(
        among(row.case_id, case_ids), row.basis == FORMAL_BODY.name, row.about == FORMAL_BODY.about
    )
    return {r.case_id: r.agency for r in await uow.session.execute(found)}


async def recognitions(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, list[Recognition]]:
    """Who considers the person a victim: recognitions of every kind that are not revoked (ID-8)."""
    rows = await uow.session.execute(
        select(RecognitionRow.case_id, RecognitionRow.recognition_id, RecognitionRow.since)
        .where(among(RecognitionRow.case_id, case_ids), RecognitionRow.revoked_at.is_(None))
        .order_by(RecognitionRow.since, RecognitionRow.recognition_id)
    )
    found: dict[UUID, list[Recognition]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(Recognition(row.recognition_id, row.since))
    return found


async def open_claims(uow: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, list[Claim]]:
    """Claims at the Fund that wait for a decision or a payment."""
    rows = await uow.session.execute(
        select(ClaimSeen.case_id, ClaimSeen.claim_id, ClaimSeen.kind, ClaimSeen.since)
        .where(among(ClaimSeen.case_id, case_ids), ClaimSeen.is_open)
        .order_by(ClaimSeen.since, ClaimSeen.claim_id)
    )
    found: dict[UUID, list[Claim]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(Claim(row.claim_id, row.kind, row.since))
    return found
