"""The age on the day of an act: a child comes of age while the case goes on (ID-5, ID-7).

What rests on it here goes by the birth date itself. Other services, the history and the audit learn of it on the first
day of the month after: emitted on its day, the event would be the birth date (protection of identity), and those who
were children keep what is a child's some days longer.
"""

from datetime import date, datetime
from typing import cast
from uuid import UUID

from casework.calendar import BAKU, local_date
from sqlalchemy import or_, select

from identification.adapters.vault import Unreadable
from identification.domain import persons
from identification.domain.cases import ENDED
from identification.domain.known import birth_date
from identification.parameters import parameter_or_none
from identification.resources import Work
from identification.tables import Case
from identification.use_cases import cases
from identification.use_cases.person_fields import open_person

_AT_ONCE = 100


async def age_group_at(uow: Work, case: Case, at: datetime) -> str:
    """The age group on the day of the act, by the birth date where it counts (ID-13: audited)."""
    if case.age_group != "child" and not case.came_of_age:
        return case.age_group
    return _group_on(case, await _birth_date(uow, case.id), at)


def _group_on(case: Case, born: date | None, on: datetime) -> str:
    adult_age: int | None = parameter_or_none("adult_age", on)
    if adult_age is None:
        return case.age_group
    group = cast(persons.AgeGroup, "child" if case.came_of_age else case.age_group)
    reported, day = local_date(case.reported_at), local_date(on)
    doubted = case.age_doubted or case.birth_date_doubted
    return persons.age_group_since(group, born, reported, day, adult_age=adult_age, doubted=doubted)


async def _birth_date(uow: Work, case_id: UUID) -> date | None:
    uow.audit("read_age", subject=f"person/{case_id}", case_id=case_id, kind="read", purpose="assess")
    return birth_date(await open_person(uow, case_id))


async def come_of_age(uow: Work) -> None:
    """Once a month: children of cases that go on who are of age by its first day (ID-5)."""
    since = uow.now.astimezone(BAKU).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first_day = since.date()
    certain = (Case.age_doubted.is_(False), Case.birth_date_doubted.is_(False))
    children = select(Case).where(Case.age_group == "child", *certain, Case.status.not_in(ENDED))
    due = children.where(or_(Case.age_looked_at.is_(None), Case.age_looked_at < first_day))
    ids = list(await uow.session.scalars(due.with_only_columns(Case.id).order_by(Case.id).limit(_AT_ONCE)))
    await uow.lock(*ids)
    for case in list(await uow.session.scalars(due.where(Case.id.in_(ids)).with_for_update())):
        case.age_looked_at = local_date(uow.now)
        try:
            born = await _birth_date(uow, case.id)
        except Unreadable:  # counted by the vault; the children after this one come of age all the same
            continue
        if _group_on(case, born, since) == "adult":
            case.age_group, case.came_of_age = "adult", True
            await cases.settle_consent(uow, case, uow.now)
            await cases.person_facts_changed(uow, case, uow.now)
            cases.audit(uow, case, "come_of_age", uow.now)
