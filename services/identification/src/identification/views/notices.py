"""Notices without a name, for police, and doubts about age, for holders (ID-5, ID-7)."""

from casework import access, agencies
from chassis.errors import NotPossible
from nrm_events.reference import case_reference
from sqlalchemy import Select, select

from identification import answers
from identification import tables as t
from identification.resources import Work


async def list_notices(uow: Work) -> Select[tuple[t.UnnamedNotice]]:
    """Every notice; for police alone. A notice names no case and opens none (ID-7)."""
    if await agencies.kind(uow, uow.actor.agency) != "police":
        raise NotPossible("not_police", "Notices without a name are for police.", status=403)
    return select(t.UnnamedNotice)


def notice(row: t.UnnamedNotice) -> answers.NoticeAnswer:
    return answers.NoticeAnswer(
        id=row.id, day=row.day, forms=row.forms, region=row.region, sex=row.sex, age_group=row.age_group
    )


def list_doubts(uow: Work, settled: bool | None = None) -> Select[tuple[t.AgeDoubt]]:
    """Doubts about the age of persons whose cases the actor's agency holds (ID-5)."""
    found = select(t.AgeDoubt).where(access.visible(uow, t.AgeDoubt.case_id, for_="see_age_doubts"))
    return found if settled is None else found.where(t.AgeDoubt.settled_at.is_not(None) == settled)


def doubt(row: t.AgeDoubt, *, named: bool = True) -> answers.AgeDoubtAnswer:
    """The doubt; by whom, where the viewer may know that this agency knows of the case (ID-12)."""
    return answers.AgeDoubtAnswer(
        id=row.id,
        case_id=row.case_id,
        case_ref=case_reference(row.case_id),
        ground=row.ground,
        doubted_by=row.doubted_by if named else None,
        doubted_at=row.doubted_at,
        settled_at=row.settled_at,
    )
