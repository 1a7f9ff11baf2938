"""How far the play has come: two bars on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from player import people
from player.caseload import Line

_PLAIN_LINES = 10  # in a play


class Progress(Protocol):
    """Is called after each step that was answered, and after each line that was finished."""

    def step(self) -> None: ...

    def line(self) -> None: ...


def expected_steps(line: Line) -> int:
    """How many commands the line takes when nothing is refused and no place is taken by somebody else."""
    course = line.course
    steps = 5 + line.consent.refer_to_police  # report, search, case, screening, rights; consent; decision below
    if course.outcome != "potential" and (line.consent.refer_to_police or not people.needs_consent(line)):
        steps += 2
    steps += 1 + course.reflection + 4 * (course.outcome == "formal") + 5 * len(course.needs_grants)
    if course.shelter:
        steps += 4 + len(course.shelter.extensions)
    if course.vac is not None:
        steps += 2 + len(course.vac)
    return steps + 7 * (course.permit is not None) + 11 * (course.voluntary_return is not None)


class _OnTerminal:
    def __init__(self, bars: Bars, lines: int, steps: int) -> None:
        self._bars = bars
        self._lines = bars.add_task("cases", total=lines)
        self._steps = bars.add_task("steps", total=steps)

    def step(self) -> None:
        self._bars.advance(self._steps)

    def line(self) -> None:
        self._bars.advance(self._lines)


class _Plain:
    def __init__(self, console: Console, lines: int) -> None:
        self._console, self._total, self._every = console, lines, max(1, -(-lines // _PLAIN_LINES))
        self._lines = self._steps = 0
        self._began = time.monotonic()

    def step(self) -> None:
        self._steps += 1

    def line(self) -> None:
        self._lines += 1
        if self._lines % self._every == 0 or self._lines == self._total:
            seconds = time.monotonic() - self._began
            self._console.print(f"{self._lines} of {self._total} cases, {self._steps} steps, {seconds:.0f} s")


@contextmanager
def shown(console: Console, lines: int, steps: int) -> Iterator[Progress]:
    """Progress for so many lines and about so many steps."""
    if not console.is_terminal:
        yield _Plain(console, lines)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        yield _OnTerminal(bars, lines, steps)
