"""The age on the day of an act: a child comes of age while the case goes on (ID-5, ID-7).

What rests on it here goes by the birth date itself. Other services, the history and the audit hear of it on the first
day of the month after: told on its day, the event would be the birth date (protection of identity), and those who were
children keep what is a child's some days longer.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.clock import BAKU, local_date
from chassis.outbox import lock_streams
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import persons
from identification.domain.cases import ENDED
from identification.law import parameter_or_none
from identification.tables import Case
from identification.use_cases.acts import note, settle_consent
from identification.use_cases.identity import open_person
from identification.use_cases.support import tell_facts
from identification.vault import Vault

_AT_ONCE = 100


async def age_group_at(session: AsyncSession, vault: Vault, who: Actor, case: Case, at: datetime) -> str:
    """The age group on the day of the act, by the birth date where it counts; reading it is audited (ID-13)."""
    if case.age_group != "child" and not case.came_of_age:
        return case.age_group
    return _group_on(case, await _birth_date(session, vault, who, case.id), at)


def _group_on(case: Case, born: date | None, on: datetime) -> str:
    adult_age: int | None = parameter_or_none("adult_age", on)
    if adult_age is None:
        return case.age_group
    kept = cast(persons.AgeGroup, "child" if case.came_of_age else case.age_group)
    reported, day = local_date(case.reported_at), local_date(on)
    return persons.age_group_since(kept, born, reported, day, adult_age=adult_age, doubted=case.age_doubted)


async def _birth_date(session: AsyncSession, vault: Vault, who: Actor, case_id: UUID) -> date | None:
    audit.record(session, who, "read_age", subject=f"person/{case_id}", case_id=case_id, kind="read", purpose="assess")
    known: Mapping[str, Any] = await open_person(session, vault, case_id)
    born = known.get("prs_Birthdate")
    return date.fromisoformat(born) if isinstance(born, str) else born


async def come_of_age(session: AsyncSession, vault: Vault, who: Actor, now: datetime) -> None:
    """Once a month: children of cases that go on who are of age by its first day (ID-5)."""
    since = now.astimezone(BAKU).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first_day = since.date()
    asked = select(Case).where(Case.age_group == "child", Case.age_doubted.is_(False), Case.status.not_in(ENDED))
    asked = asked.where(or_(Case.age_looked_at.is_(None), Case.age_looked_at < first_day))
    found = list(await session.scalars(asked.with_only_columns(Case.id).order_by(Case.id).limit(_AT_ONCE)))
    await lock_streams(session, found)
    for case in list(await session.scalars(asked.where(Case.id.in_(found)).with_for_update())):
        case.age_looked_at = local_date(now)
        if _group_on(case, await _birth_date(session, vault, who, case.id), since) == "adult":
            case.age_group, case.came_of_age = "adult", True
            await settle_consent(session, case, now)
            tell_facts(session, case, now)
            note(session, who, case, "come_of_age", now)
