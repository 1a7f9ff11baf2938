"""A whole file: income first, then the lines, some at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from player.caseload import Numbered
from player.course import play_line
from player.money import book_income
from player.platform import Platform
from player.progress import Progress, expected_steps
from player.scene import Remark, Scene
from player.stack import Stack, read_or_empty, write_whole
from player.timeline import Timeline, reaches_into

AT_A_TIME = 10


@dataclass
class Played:
    """What came of a file."""

    not_possible_then: list[Remark] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    years: set[int] = field(default_factory=set)

    def add(self, scene: Scene) -> None:
        self.not_possible_then += scene.not_possible_then
        self.errors += scene.errors
        self.years |= scene.times.years()


async def play(stack: Stack, lines: Sequence[Numbered], progress: Progress, now: datetime) -> Played:
    """Play the lines into the running platform.

    Raises:
        Unreachable: The platform went away and did not come back; nothing is lost, the file can be played again.
        Refused: It refuses the Fund's income, so that nobody could be paid.
    """
    times = _timelines(stack, lines, now)
    played = Played()
    waiting = iter(zip(lines, times, strict=True))
    async with Platform(stack, progress.step) as platform:
        await book_income(platform, lines)

        async def take_lines() -> None:
            for numbered, timeline in waiting:
                scene = Scene(platform, numbered, timeline)
                await play_line(scene)
                played.add(scene)
                progress.line()

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_A_TIME, len(lines))):
                    group.create_task(take_lines())
        except ExceptionGroup as failed:
            raise _first(failed) from None
    played.not_possible_then.sort()
    played.errors.sort()
    return played


def _first(failed: Exception) -> Exception:
    """What went wrong first, in a line or in what its agencies do side by side."""
    return _first(failed.exceptions[0]) if isinstance(failed, ExceptionGroup) else failed


def _timelines(stack: Stack, lines: Sequence[Numbered], now: datetime) -> list[Timeline]:
    """When lines that reach to the present were first played is remembered: a second time nothing lies elsewhere."""
    first = read_or_empty(stack.played)
    known = len(first)
    for numbered in lines:
        if reaches_into(numbered.line, now):
            first.setdefault(numbered.line.fingerprint, now.isoformat())
    if len(first) > known:
        write_whole(stack.played, first)
    return [Timeline(n.line, _moment(first.get(n.line.fingerprint), now)) for n in lines]


def _moment(first: str | None, now: datetime) -> datetime:
    return datetime.fromisoformat(first) if first else now


def count_steps(lines: Sequence[Numbered]) -> int:
    """About how many commands the lines take."""
    return sum(expected_steps(numbered.line) for numbered in lines)
