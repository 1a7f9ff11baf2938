"""The year's figures, each from the service that owns the fact, and beside them the published ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from player import people
from player.answers import Figures
from player.platform import Platform
from player.stack import Stack, write_whole
from player.timeline import BAKU

FIRST_YEAR = 2000  # the first whose statistics the services have

OWNERS = {
    "reports": "identification",
    "identified": "identification",
    "potential": "identification",
    "not_recognised": "identification",
    "allowances_paid": "fund",
    "allowance_total_qepik": "fund",
    "mia_shelter_admissions": "shelter",
    "vac": "shelter",
    "vac_psychological": "shelter",
    "vac_legal": "shelter",
    "needs_persons": "fund",
    "needs_total_qepik": "fund",
    "permits_granted": "repatriation",
    "returns": "repatriation",
}


@dataclass(frozen=True)
class Row:
    """A figure of ours beside the published one, or beside none."""

    name: str
    ours: int
    published: int | None

    @property
    def mark(self) -> str:
        if self.published is None:
            return "–"
        return "✗" if self.differs else "✓"

    @property
    def differs(self) -> bool:
        return self.published is not None and self.published != self.ours


async def read_year(platform: Platform, year: int) -> dict[str, int]:
    """The figures of a year by effective date, in the order of OWNERS."""
    answers = {
        service: await platform.person(people.COORDINATOR, service).look(f"/api/statistics/{year}", Figures)
        for service in dict.fromkeys(OWNERS.values())
    }
    return {name: answers[service].number(name) for name, service in OWNERS.items()}


async def write_years(stack: Stack, years: Iterable[int]) -> dict[int, dict[str, int]]:
    """Read the figures of each year that can be, and write them to `statistics/<year>.json` of the state folder."""
    found: dict[int, dict[str, int]] = {}
    async with Platform(stack) as platform:
        for year in sorted(year for year in years if FIRST_YEAR <= year < datetime.now(BAKU).year):
            found[year] = await read_year(platform, year)
            write_whole(stack.statistics / f"{year}.json", found[year])
    return found


def read_published(path: Path, year: int) -> dict[str, int]:
    """The published figures of a year; KeyError for a year of which none are in the file."""
    figures = yaml.safe_load(path.read_text(encoding="utf-8"))[year]["figures"]
    return {str(name): int(value) for name, value in figures.items()}


def compare(ours: Mapping[str, int], published: Mapping[str, int]) -> list[Row]:
    """A row for each of our figures. A published figure that we do not have raises KeyError: the file is wrong."""
    unknown = sorted(set(published) - set(ours))
    if unknown:
        raise KeyError(f"published, but unknown here: {', '.join(unknown)}")
    return [Row(name, value, published.get(name)) for name, value in ours.items()]
