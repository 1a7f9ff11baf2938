"""Who takes part, and of which kind: those of the start, and who joined since by an agreement.

What is police is `nrm_events.taking_part.is_police`; nothing else spells a code or a prefix (ID-7).
"""

from collections.abc import Iterable, Mapping

from chassis.errors import Fault, Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import AGENCIES, is_police
from sqlalchemy import select

from casework.tables import joined_agency

POLICE_OF_THE_START = frozenset(code for code, agency in AGENCIES.items() if is_police(agency.kind))
_column = joined_agency.c


async def kinds(uow: UnitOfWork, codes: Iterable[str]) -> Mapping[str, str | None]:
    """The kind of each of these agencies; None for one that nobody knows or whose kind nobody stated."""
    wanted = set(codes)
    found: dict[str, str | None] = {code: AGENCIES[code].kind for code in wanted & AGENCIES.keys()}
    if missing := sorted(wanted - found.keys()):
        rows = await uow.session.execute(select(_column.code, _column.kind).where(_column.code.in_(missing)))
        found |= dict.fromkeys(missing) | {row.code: row.kind for row in rows}
    return found


async def kind(uow: UnitOfWork, code: str) -> str | None:
    """The kind of one agency; None where nobody knows it."""
    return (await kinds(uow, [code]))[code]


async def police_among(uow: UnitOfWork, codes: Iterable[str]) -> frozenset[str]:
    """Those of the agencies that are police, known or joined later. An unknown kind counts as police."""
    return frozenset(code for code, kind in (await kinds(uow, codes)).items() if is_police(kind))


async def of_kind(uow: UnitOfWork, kind: str) -> frozenset[str]:
    """Every agency of this kind, of the start and joined since."""
    joined = await uow.session.scalars(select(_column.code).where(_column.kind == kind))
    return frozenset(code for code, one in AGENCIES.items() if one.kind == kind) | frozenset(joined) - AGENCIES.keys()


async def police(uow: UnitOfWork) -> frozenset[str]:
    """Every police body: of the start and joined since. A joined agency without a kind counts as police."""
    joined = select(_column.code).where((_column.kind == "police") | _column.kind.is_(None))
    return POLICE_OF_THE_START | frozenset(await uow.session.scalars(joined)) - AGENCIES.keys()


async def taking_part(uow: UnitOfWork) -> Mapping[str, str | None]:
    """The agencies of today with their kinds, by code: of the start and joined since, without those removed."""
    rows = await uow.session.execute(select(_column.code, _column.kind, _column.removed_at))
    found: dict[str, str | None] = {code: agency.kind for code, agency in AGENCIES.items()}
    for row in rows:
        found.setdefault(row.code, row.kind)
        if row.removed_at is not None:
            found.pop(row.code)
    return dict(sorted(found.items()))


async def check_takes_part(uow: UnitOfWork, code: str, where: str) -> None:
    """Invalid `unknown_agency` for a code that no agency has, or one that takes part no more."""
    joined = select(_column.code).where(_column.code == code, _column.removed_at.is_(None))
    if code not in AGENCIES and await uow.session.scalar(joined) is None:
        raise Invalid(
            "unknown_agency",
            "No agency of the mechanism has this code; nothing was changed.",
            faults=[Fault(where, "unknown_agency", "no agency has this code")],
        )
