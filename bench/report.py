"""Figures of interleaved rounds, their ratios and their goals, as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

Values = Sequence[float]


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values: Values) -> str:
    """Minimum / **median** / maximum."""
    return f"{number(min(values))} / **{number(median(values))}** / {number(max(values))}"


def ratios(ours: Values, peer: Values) -> list[float]:
    """Round by round, because rounds side by side saw the same machine."""
    return [mine / other for mine, other in zip(ours, peer, strict=True)]


_GOALS = "| required | goal | min / **median** / max | met |"


def beside_former(page: str, former: str) -> str:
    """The page, and for each of its goals what the former page had."""
    had = {_name(line): line.split("|")[3].strip() for line in former.splitlines() if line.count("|") in (5, 6)}
    lines: list[str] = []
    in_goals = False
    for line in page.splitlines():
        in_goals = line == _GOALS or (in_goals and line.startswith("|"))
        more = " before |" if line == _GOALS else "---|" if line.startswith("|-") else f" {had.get(_name(line), '–')} |"
        lines.append(line + more if in_goals else line)
    return "\n".join(lines) + "\n"


def _name(row: str) -> str:
    return row.split("|")[1].strip() if "|" in row else ""


@dataclass(frozen=True)
class Goal:
    """A required number, and the values of the rounds; the median must meet it."""

    required: str
    values: Values
    limit: float
    at_least: bool = True

    @property
    def is_met(self) -> bool:
        return median(self.values) >= self.limit if self.at_least else median(self.values) <= self.limit

    def row(self) -> str:
        sign = "≥" if self.at_least else "≤"
        met = "yes" if self.is_met else "**no**"
        return f"| {self.required} | {sign} {number(self.limit)} | {spread(self.values)} | {met} |"


@dataclass
class Report:
    """What one bench saw. `faults` are losses, copies and inversions of ours: they end the run with 1."""

    title: str
    lines: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def table(self, *head: str) -> None:
        self.lines += ["", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]

    def row(self, *cells: str) -> None:
        self.lines.append(f"| {' | '.join(cells)} |")

    def add(self, *sentences: str) -> None:
        self.lines += ["", *sentences]

    def page(self) -> list[str]:
        goals = [
            "",
            _GOALS,
            "|---|---|---|---|",
            *(g.row() for g in self.goals),
        ]
        faults = ["", *(f"**Fault:** {fault}" for fault in self.faults)]
        return [f"## {self.title}", *self.lines, *(goals if self.goals else []), *(faults if self.faults else []), ""]
