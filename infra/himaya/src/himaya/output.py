"""What commands print: tables for people, JSON for programs; errors on one line, with what to do next."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Annotated, NoReturn, TypeVar

import typer
from nrm_events import SERVICES
from rich.console import Console
from rich.table import Table

from himaya.connection import NotFoundHere
from himaya.platform import Away, Refused
from himaya.signin import SignInAway, SignInNeeded

_WIDE = 240  # columns, where no terminal knows how many it has
ATTENTION, WRONG, UNREACHABLE = 1, 2, 3
Answer = TypeVar("Answer")
AsJson = Annotated[bool, typer.Option("--json", help="For programs")]
Row = Sequence[object]
Service = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")]


def run(work: Coroutine[object, None, Answer]) -> Answer:
    """Do it; what goes wrong ends the command with 2 (refused, wrong use) or 3 (something cannot be reached)."""
    try:
        return asyncio.run(work)
    except (Refused, SignInNeeded, NotFoundHere) as error:
        fail(str(error), WRONG)
    except (Away, SignInAway) as error:
        fail(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        sys.exit(130)


def fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"himaya: {message}\n")
    sys.exit(code)


def moment(text: str | None) -> str | None:
    """A moment of the API as people read it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if text else None


def show_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def show_table(columns: Sequence[str], rows: Sequence[Row], empty: str) -> None:
    if not rows:
        sys.stdout.write(empty + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
