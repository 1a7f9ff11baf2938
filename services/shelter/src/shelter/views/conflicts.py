"""Named conflicts, to those who may know of both cases (SH-4)."""

from collections.abc import Sequence
from uuid import UUID

from casework import access, answers
from casework.bases import FORMAL_BODY
from casework.history import visible_history
from casework.listing import Run, Wanted, among_first, runs, ways
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import func, select

from shelter.answers.support import ConflictAnswer, NamedConflict
from shelter.domain.care import CONFLICT
from shelter.facts.access import Bases, bases_on_cases, cases_of, find_conflict, named_by_reference
from shelter.facts.conflicts import together
from shelter.tables import Conflict, conflict_listed
from shelter.views import actions
from shelter.views.parts import stored

_STORED = ("id", "case_id", "other_case_ref", "state", "version", "kind", "since", "ended_at")
PART_OF = dict.fromkeys(("name_conflict", "end_conflict"), "see_conflicts")


async def conflicts(uow: UnitOfWork, case_id: UUID | None, limit: int, after: UUID | None) -> Page[ConflictAnswer]:
    """Conflicts between cases that may both be known to the viewer."""
    both = (Conflict.case_id, func.coalesce(Conflict.other_case_id, Conflict.case_id))
    shown = [access.visible(uow, column, for_="see_conflicts") for column in both]
    shown.append(Conflict.other_case_id.is_not(None))
    if case_id:
        shown.append((Conflict.case_id == case_id) | (Conflict.other_case_id == case_id))
    else:
        shown = [among_first(Conflict.id, _runs(uow, "cases"), shown, Wanted(limit, after))]
    found = select(Conflict).where(*shown)
    rows, following = await paging.page(uow.session, found, Conflict.id, limit=limit, after=after)
    return Page(items=await _answers(uow, rows), next=following)


async def conflicts_by_reference(
    uow: UnitOfWork, case_id: UUID | None, limit: int, after: UUID | None
) -> Page[NamedConflict]:
    """Conflicts that were named by reference, to who named them and the holder (SH-4, ID-7)."""
    visible = access.visible(uow, Conflict.case_id, for_="see_conflicts")
    shown = [visible, Conflict.other_case_id.is_(None), await named_by_reference(uow)]
    if case_id:
        shown.append(Conflict.case_id == case_id)
    else:
        shown = [among_first(Conflict.id, _runs(uow, "reference"), shown, Wanted(limit, after))]
    found = select(Conflict).where(*shown)
    rows, following = await paging.page(uow.session, found, Conflict.id, limit=limit, after=after)
    own = await bases_on_cases(uow, {row.case_id for row in rows})
    return Page(items=[_named(uow, row, own[row.case_id]) for row in rows], next=following)


def _runs(uow: UnitOfWork, named: str) -> Sequence[Run]:
    """In which indexes a page is found; `named`: by cases or by reference."""
    found_by = ways(access.cell(uow, "see_conflicts") or ())
    return runs(uow, conflict_listed, found_by, {"named": [named]})


async def by_reference(uow: UnitOfWork, row: Conflict) -> NamedConflict:
    """The conflict after an act."""
    await uow.session.flush()
    return _named(uow, row, await access.bases(uow, row.case_id))


def _named(uow: UnitOfWork, row: Conflict, own: Bases) -> NamedConflict:
    return NamedConflict.model_validate(_stored(uow, row, own))


def _stored(uow: UnitOfWork, row: Conflict, own: Bases) -> dict[str, object]:
    possible = actions.possible(uow, CONFLICT.list_actions(row.state), own, rights={"end": "end_conflict"})
    return stored(row, _STORED) | {"case_ref": case_reference(row.case_id), "actions": possible}


async def read_conflict(uow: UnitOfWork, conflict_id: UUID) -> ConflictAnswer:
    return (await _answers(uow, [await _find(uow, conflict_id)]))[0]


async def conflict(uow: UnitOfWork, row: Conflict) -> ConflictAnswer:
    """The conflict after an act."""
    await uow.session.flush()
    return (await _answers(uow, [row]))[0]


async def _find(uow: UnitOfWork, conflict_id: UUID) -> Conflict:
    row = await find_conflict(uow, conflict_id)
    for case_id in cases_of(row):
        await access.require(uow, case_id, for_="see_conflicts")
    return row


async def _answers(uow: UnitOfWork, rows: Sequence[Conflict]) -> list[ConflictAnswer]:
    together_now = await together(uow, rows)
    own = await bases_on_cases(uow, {case_id for row in rows for case_id in cases_of(row)})
    return [
        _answer(uow, row, [own[case_id] for case_id in cases_of(row)], together=row.id in together_now) for row in rows
    ]


def _answer(uow: UnitOfWork, row: Conflict, own: Sequence[Bases], *, together: bool) -> ConflictAnswer:
    refusing = next((bases for bases in own if not access.gives(uow, "end_conflict", bases)), own[0])
    found = _stored(uow, row, refusing) | {"other_case_id": row.other_case_id, "clocks": []}
    # That both have a place is known to a formal body only where the person agreed, and not shown to it here.
    if all(access.gives(uow, "see_conflicts", bases - {FORMAL_BODY}) for bases in own):
        found["together_now"] = together
    return ConflictAnswer.model_validate(found)


async def history(uow: UnitOfWork, conflict_id: UUID) -> answers.History:
    row = await _find(uow, conflict_id)
    own = await access.bases(uow, row.case_id)
    return answers.history(await visible_history(uow, row.case_id, own, PART_OF, subject=f"conflict/{row.id}"))
