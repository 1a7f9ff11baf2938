"""The log of released figures: who got which figures of which period, and when (CO-1).

Figures are of whole years that are over. Figures of a year whose change since an earlier release would isolate a small
group are not released: the earlier ones are answered again. Whoever publishes them by law gets them as they are.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from chassis.clock import new_id
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, UniqueConstraint, Uuid, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from casework.calendar import local_date
from casework.disclosure import Cell, Relation, hidden_cells, isolates

PUBLISHER = "coordinator"
"""The role that publishes the totals of a year by law (CO-1)."""

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 7140))")

figure_release = Table(
    "figure_release",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("statistic", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("tier", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("released_to", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("released_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("statistic", "year", "released_to", "digest", name="uq_figure_release"),
)

FIGURE_RELEASE = """create table figure_release (id uuid constraint pk_figure_release primary key,
   statistic text not null, year integer not null, tier text not null, figures jsonb not null, digest text not null,
   released_to text not null, agency text not null, role text not null, released_at timestamptz not null,
   constraint uq_figure_release unique (statistic, year, released_to, digest))"""


@dataclass(frozen=True)
class Figures:
    """What is counted of a year. `relations`: which cells are sums of which; `totals`: what the annual report names."""

    statistic: str
    year: int
    cells: Mapping[str, Cell]
    totals: frozenset[str]
    relations: Sequence[Relation] = ()


Released = Mapping[str, Cell | None]
"""Each cell, or None where it is too small to be shown."""


def check_over(year: int, today: date) -> None:
    """NotPossible `period_not_over`: figures of a year that goes on would show each act by two days' difference."""
    if today.year <= year:
        raise NotPossible("period_not_over", "Figures are of years that are over.", facts={"year": year})


def whole_year(first: date, last: date) -> int:
    """The year of a period. Invalid `not_a_whole_year`: two periods that overlap would show the days between."""
    if last < first:
        raise Invalid("period_ends_before_it_begins", "The period ends before it begins.")
    if (first, last) != (date(first.year, 1, 1), date(first.year, 12, 31)):
        raise Invalid("not_a_whole_year", "A period is a calendar year.")
    return first.year


async def release(uow: UnitOfWork, figures: Figures, threshold: int) -> Released:
    """The cells that this person may be shown, recorded as released to them.

    The body that publishes the year's totals gets those exactly. For everybody else a change that would isolate a small
    group is not released: they get what was released before.
    """
    check_over(figures.year, local_date(uow.now))
    publishes = uow.actor.role == PUBLISHER
    persons = {name: cell.persons for name, cell in figures.cells.items()}
    published = figures.totals if publishes else frozenset()
    hidden = hidden_cells(persons, figures.relations, threshold, published=published)
    shown: Released = {name: None if name in hidden else cell for name, cell in figures.cells.items()}
    tier = "totals" if publishes else "small"
    await uow.session.execute(_LOCK, {"key": f"{figures.statistic}/{figures.year}"})
    earlier = [] if publishes else await _earlier(uow, figures, tier)
    if any(isolates(one.get(name), cell, threshold) for one in earlier for name, cell in shown.items()):
        shown = earlier[0]
    await _record(uow, figures, tier, shown)
    return shown


async def _earlier(uow: UnitOfWork, figures: Figures, tier: str) -> list[Released]:
    """Every release of these figures, newest first: an attacker may have them all."""
    released = (
        select(figure_release.c.figures)
        .where(
            figure_release.c.statistic == figures.statistic,
            figure_release.c.year == figures.year,
            figure_release.c.tier == tier,
        )
        .order_by(figure_release.c.released_at.desc(), figure_release.c.id.desc())
    )
    return [
        {name: Cell(**cell) if cell else None for name, cell in row.items()}
        for row in await uow.session.scalars(released)
    ]


async def _record(uow: UnitOfWork, figures: Figures, tier: str, shown: Released) -> None:
    """Once for the same figures to the same person."""
    content = {name: asdict(cell) if cell else None for name, cell in shown.items()}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row = insert(figure_release).values(
        id=new_id(),
        statistic=figures.statistic,
        year=figures.year,
        tier=tier,
        figures=content,
        digest=digest,
        released_to=uow.actor.sub,
        agency=uow.actor.agency,
        role=uow.actor.role or "",
        released_at=uow.now,
    )
    await uow.session.execute(row.on_conflict_do_nothing())
