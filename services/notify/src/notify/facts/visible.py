"""The one gate: which clocks, tasks and messages the actor's agency may know of, as SQL conditions (ID-7, ID-12).

A row is visible by a basis whose cell in `rights.py` shows its part of the case. A police body sees only cases that
were handed over, and those that it holds.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from casework import access
from casework.agencies import kind
from casework.bases import BY_FORMAL_BODY, Cell
from casework.tables import case_access
from chassis.errors import Forbidden
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from notify.domain.kinds import KINDS
from notify.domain.roles import desk_of
from notify.domain.routes import AGENCY_TASK, HOLDER, OPERATOR
from notify.rights import OF_ONE_OBJECT, PARTS, Part, right_of
from notify.tables import ClockRow, InboxItem, KnownCase, MessageRow

_row = case_access.c
Condition = ColumnElement[bool]
CaseId = InstrumentedAttribute[UUID]
ObjectId = InstrumentedAttribute[Any]  # UUID of a clock, UUID | None of a task


async def clocks(uow: UnitOfWork) -> Condition:
    """Clocks of the parts that the agency may read, and of its own requests."""
    shown = _parts(uow, ClockRow.object_id, lambda part: ClockRow.kind.in_(_KINDS_OF[part]))
    own = and_(ClockRow.requested_by == uow.actor.agency, access.matches(_cell(uow, "read_own_request")))
    return and_(_known_by(uow, ClockRow.case_id, or_(shown, own)), await _not_hidden_from_police(uow, ClockRow.case_id))


async def items(uow: UnitOfWork) -> Condition:
    """Tasks for the actor: by agency or as holder, by role, of a part that the agency may read."""
    shown = _parts(uow, InboxItem.object_id, lambda part: InboxItem.part == part)
    own_roles = sorted(uow.actor.roles)
    desk = desk_of(await kind(uow, uow.actor.agency), own_roles)
    return and_(
        or_(
            and_(InboxItem.recipient == uow.actor.agency, InboxItem.roles.overlap(own_roles)),
            and_(InboxItem.recipient == HOLDER, _holds(uow, InboxItem.case_id), InboxItem.roles.overlap(desk)),
        ),
        ~InboxItem.subject.startswith(AGENCY_TASK),
        InboxItem.ended_at.is_(None),
        _known_by(uow, InboxItem.case_id, shown),
        await _not_hidden_from_police(uow, InboxItem.case_id),
    )


async def agency_tasks(uow: UnitOfWork) -> Condition:
    """Tasks of whoever operates the platform or supervises; they name an agency and no case."""
    return and_(
        InboxItem.recipient.in_((OPERATOR, uow.actor.agency)),
        InboxItem.subject.startswith(AGENCY_TASK),
        InboxItem.roles.overlap(sorted(uow.actor.roles)),
    )


def messages(uow: UnitOfWork, action: str) -> Condition:
    """Messages to the person; the formal body's are those that follow its own acts."""
    cell = _cell(uow, action)
    of_any_act = access.matches([basis for basis in cell if basis != BY_FORMAL_BODY])
    own = access.matches([basis for basis in cell if basis == BY_FORMAL_BODY])
    return _known_by(uow, MessageRow.case_id, or_(of_any_act, and_(own, MessageRow.author == uow.actor.agency)))


def is_duty(uow: UnitOfWork) -> Condition:
    """Clocks on which the actor's agency must act: named in the clock, or as holder of the case."""
    by_holding = and_(ClockRow.duty_agency.is_(None), _holds(uow, ClockRow.case_id))
    return or_(ClockRow.duty_agency == uow.actor.agency, by_holding)


async def known(uow: UnitOfWork, case_id: CaseId) -> Condition:
    """The agency may know of the case on some basis: what decides between 404 and 403."""
    return and_(_known_by(uow, case_id, true()), await _not_hidden_from_police(uow, case_id))


_KINDS_OF = {part: [kind.code for kind in KINDS if kind.part == part] for part in PARTS}


def _known_by(uow: UnitOfWork, case_id: CaseId, basis: Condition) -> Condition:
    return _row_by_row(select(_row.case_id).where(_row.case_id == case_id, _row.agency == uow.actor.agency, basis))


def _row_by_row(found: Select[tuple[UUID]]) -> Condition:
    """Whether there is one, looked up for each row of the list.

    PostgreSQL makes no join of what has an offset. So a list stops when its page is full, and never begins with all
    cases of the agency.
    """
    return found.offset(0).exists()


def _parts(uow: UnitOfWork, object_id: ObjectId, is_of: Callable[[Part], Condition]) -> Condition:
    return or_(
        false(),
        *(
            and_(
                is_of(part),
                _opens(_cell(uow, right_of(part)), OF_ONE_OBJECT.get(part, frozenset()), object_id),
            )
            for part in PARTS
        ),
    )


def _opens(cell: Cell, of_one_object: Collection[str], object_id: ObjectId) -> Condition:
    every = access.matches([basis for basis in cell if basis.name not in of_one_object])
    own = access.matches([basis for basis in cell if basis.name in of_one_object], ref=object_id)
    return or_(every, own)


def _cell(uow: UnitOfWork, action: str) -> Cell:
    """The bases that the actor's roles require; none where no role has the action."""
    try:
        return access.cell(uow, action) or ()
    except Forbidden:
        return ()


def _holds(uow: UnitOfWork, case_id: CaseId) -> Condition:
    held = select(KnownCase.case_id).where(KnownCase.case_id == case_id, KnownCase.holder == uow.actor.agency)
    return _row_by_row(held)


async def _not_hidden_from_police(uow: UnitOfWork, case_id: CaseId) -> Condition:
    """ID-7: whatever rows a police body may have, it sees nothing of a case that was not handed over."""
    if not is_police(await kind(uow, uow.actor.agency)):
        return true()
    handed_over = _row_by_row(select(_row.case_id).where(_row.case_id == case_id, _row.basis == "formal_body"))
    return or_(handed_over, _known_by(uow, case_id, _row.basis == "holder"))
