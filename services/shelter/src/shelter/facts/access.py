"""Which stays and hand-overs the actor's agency may know of, and on which bases (SH-7, ID-7, ID-12).

`domain/viewing.py` has the rule for one object. Here it is read for one, for a page, and as the condition of a list.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from casework import access
from casework.access import NotForThisBasis
from casework.agencies import kind
from casework.bases import FORMAL_BODY, Asked, Basis
from casework.listing import ways
from casework.tables import case_access
from chassis.errors import NotFound
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import is_police
from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from shelter.domain.care import PLACE_PURPOSES
from shelter.domain.stays import BEGAN
from shelter.domain.viewing import Viewed, concerning, sees_handover
from shelter.rights import FORMER_PLACE
from shelter.tables import Agreement, Conflict, Handover, Stay

Bases = frozenset[Basis]
AGREED = Asked("agreed")
"""In a listing: the person agreed to show the agency the stay."""
_row = case_access.c


async def find_stay(uow: UnitOfWork, stay_id: UUID, *, for_: str) -> tuple[Stay, Bases]:
    """The stay and the bases that concern it; one statement whether it is hidden or absent (ID-7)."""
    found = access.with_bases(uow, select(Stay).where(Stay.id == stay_id), Stay.case_id)
    rows = (await uow.session.execute(found)).all()
    on_case = frozenset(access.basis_of(row) for row in rows)
    access.check(on_case, access.cell(uow, for_) or (), for_)
    stay: Stay = rows[0].Stay
    access.given(uow, stay.case_id, for_, on_case)
    own = concerning(_viewed(uow, stay, await _agreed(uow, {stay.case_id: on_case})), on_case)
    check_concerns(uow, own, for_)
    return stay, own


async def bases_on(uow: UnitOfWork, stays: Sequence[Stay]) -> dict[UUID, Bases]:
    """By stay, the bases that concern it; the same two statements for one and for a page."""
    on_case = await bases_on_cases(uow, {stay.case_id for stay in stays})
    agreed = await _agreed(uow, on_case)
    return {stay.id: concerning(_viewed(uow, stay, agreed), on_case[stay.case_id]) for stay in stays}


async def bases_on_cases(uow: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, Bases]:
    """By case, the bases on which the actor's agency knows of it."""
    found = select(case_access).where(_row.case_id.in_(case_ids), _row.agency == uow.actor.agency)
    rows = (await uow.session.execute(found)).all()
    return {case_id: frozenset(access.basis_of(row) for row in rows if row.case_id == case_id) for case_id in case_ids}


def check_concerns(uow: UnitOfWork, own: Bases, action: str) -> None:
    """NotFound where no basis concerns the stay, NotForThisBasis where those that do give something else."""
    if access.gives(uow, action, own):
        return
    if not own or not access.gives(uow, "see_stays", own):
        raise NotFound
    raise NotForThisBasis(action)


def _viewed(uow: UnitOfWork, stay: Stay, agreed: Collection[UUID]) -> Viewed:
    return Viewed(stay.id, stay.state in BEGAN, stay.asked_by == uow.actor.agency, stay.case_id in agreed)


async def _agreed(uow: UnitOfWork, on_case: Mapping[UUID, Bases]) -> set[UUID]:
    """The cases that the agency knows of as a formal body, and whose person agreed to show it their stays."""
    cases = [case_id for case_id, own in on_case.items() if FORMAL_BODY in own]
    if not cases:
        return set()
    agreed = select(Agreement.case_id).where(Agreement.case_id.in_(cases), *_agreement_with(uow))
    return set(await uow.session.scalars(agreed))


def _agreement_with(uow: UnitOfWork) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Agreement.recipient == uow.actor.agency, Agreement.purpose.in_(sorted(PLACE_PURPOSES))


def known_stays(uow: UnitOfWork, *, for_: str) -> ColumnElement[bool]:
    """The condition that the actor may know of a stay for this action: the rule of `concerning`, as SQL.

    False for a part that no role of the actor reads: a filter by it finds nothing.
    """
    if for_ not in may(uow.rights, uow.actor):
        return false()
    gives = [_gives(uow, wanted) for wanted in access.cell(uow, for_) or ()]
    row_of_agency = and_(_row.case_id == Stay.case_id, _row.agency == uow.actor.agency)
    return exists().where(row_of_agency, or_(false(), *gives))


def _gives(uow: UnitOfWork, wanted: Asked) -> ColumnElement[bool]:
    own_request = Stay.asked_by == uow.actor.agency
    concerns: ColumnElement[bool] = true()
    match wanted.name:
        case "formal_body":
            agreed = exists().where(Agreement.case_id == _row.case_id, *_agreement_with(uow))  # of the row around
            concerns = agreed if wanted.about else or_(own_request, agreed)
        case "serves" if not wanted.about:
            concerns = or_(_row.ref == Stay.id, and_(Stay.state.in_(BEGAN), _row.about != FORMER_PLACE))
        case "consent":
            concerns = or_(_row.about != "shelter", own_request)
    return and_(access.matches([wanted], ref=Stay.id), concerns)


def ways_to_stays(uow: UnitOfWork, *, for_: str) -> list[str]:
    """The ways in which the actor's agency may know of stays for this action: what `_gives` lets through at all."""
    if for_ not in may(uow.rights, uow.actor):
        return []
    found: list[str] = []
    for wanted in access.cell(uow, for_) or ():
        if wanted.name == "formal_body":  # of others' requests by an agreement alone
            found += [*ways([AGREED]), *([] if wanted.about else ways([wanted], own_alone=True))]
        else:
            found += ways([wanted], own_alone=wanted.about == {"shelter"})
    return found


def own_record(uow: UnitOfWork, *, for_: str) -> ColumnElement[bool]:
    """The condition that the actor's agency is the operator of a stay, or is requested to be (the board, SH-7)."""
    own = access.matches(access.cell(uow, for_) or (), ref=Stay.id)
    return exists().where(_row.case_id == Stay.case_id, _row.agency == uow.actor.agency, own)


async def find_handover(uow: UnitOfWork, handover_id: UUID, *, for_: str) -> tuple[Handover, Bases]:
    """The hand-over and the bases on its case; one statement whether it is hidden or absent (ID-7)."""
    found = access.with_bases(uow, select(Handover).where(Handover.id == handover_id), Handover.case_id)
    rows = (await uow.session.execute(found)).all()
    own = frozenset(access.basis_of(row) for row in rows)
    access.check(own, access.cell(uow, for_) or (), for_)
    handover: Handover = rows[0].Handover
    access.given(uow, handover.case_id, for_, own)
    check_sees_handover(uow, handover, own)
    return handover, own


def check_sees_handover(uow: UnitOfWork, handover: Handover, own: Bases) -> None:
    """NotFound for an agency that is no party to it, nor responsible for the person (SH-8)."""
    party = uow.actor.agency in (handover.from_agency, handover.to_agency)
    if not sees_handover(handover.id, own, party=party):
        raise NotFound


def known_handovers(uow: UnitOfWork, *, for_: str) -> ColumnElement[bool]:
    """The condition that the actor may know of a hand-over: the rule of `sees_handover`, as SQL."""
    agency = uow.actor.agency
    concerns = or_(_row.basis.in_(("holder", "guardian_authority")), _row.ref == Handover.id)
    sees = or_(
        Handover.from_agency == agency,
        Handover.to_agency == agency,
        exists().where(_row.case_id == Handover.case_id, _row.agency == agency, concerns),
    )
    return and_(access.visible(uow, Handover.case_id, for_=for_), sees)


def ways_to_handovers(uow: UnitOfWork) -> list[str]:
    """The ways in which the actor's agency may know of hand-overs: the responsible of all, others of their own."""
    needed = access.cell(uow, "see_handovers") or ()
    every = [wanted for wanted in needed if wanted.name in ("holder", "guardian_authority")]
    return [*ways(every), *ways(needed, own_alone=True)]


def cases_of(conflict: Conflict) -> list[UUID]:
    """The cases whose viewers may know of the conflict: both, or the first alone."""
    return [conflict.case_id, *([conflict.other_case_id] if conflict.other_case_id else [])]


async def find_conflict(uow: UnitOfWork, conflict_id: UUID, *, by_reference: bool = False) -> Conflict:
    """The conflict, of `cases_of` which the agency knows; one statement whether it is hidden or absent (SH-4, ID-7).

    Whether the bases give the action is for the caller to check.
    """
    cases = (Conflict.case_id, func.coalesce(Conflict.other_case_id, Conflict.case_id))
    known = [_known(uow, case_id) for case_id in cases]
    if by_reference:
        known.append(await named_by_reference(uow))
    conflict: Conflict | None = await uow.session.scalar(select(Conflict).where(Conflict.id == conflict_id, *known))
    if conflict is None or by_reference != (conflict.other_case_id is None):
        raise NotFound
    return conflict


async def named_by_reference(uow: UnitOfWork) -> ColumnElement[bool]:
    """Whoever named it reads it, and the holder; police what they named alone, for the reference is of another case.

    A case that police may not know of would stand there by its reference (ID-7).
    """
    own = Conflict.named_by == uow.actor.agency
    if is_police(await kind(uow, uow.actor.agency)):
        return own
    held = (_row.case_id == Conflict.case_id, _row.agency == uow.actor.agency, _row.basis == "holder")
    return or_(own, exists().where(*held))


def _known(uow: UnitOfWork, case_id: InstrumentedAttribute[UUID] | ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(_row.case_id == case_id, _row.agency == uow.actor.agency)
