"""`python -m player`: play a caseload, or the demo's year with its table."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from player.caseload import Fault, read_caseload
from player.course import REPORT
from player.faults import NeverCame, Refused, Unreachable
from player.figures import Row, compare, read_published, write_years
from player.national.generate import generate
from player.national.referral import as_line
from player.play import Played, count_steps, play
from player.progress import shown
from player.scene import Remark
from player.signin import SignInRefused
from player.stack import DEMO, NotRunning, Stack, find_stack
from player.tries import tries

YEAR = 2024
CASELOAD = DEMO / f"caseload-{YEAR}.jsonl"
PUBLISHED = DEMO / "published-figures.yaml"

app = typer.Typer(help="Plays cases through the running platform as its people would.", no_args_is_help=True)


@app.command("play")
def play_file(
    file: Annotated[Path, typer.Argument(help="A caseload: JSON lines, one report a line", show_default=False)],
) -> None:
    """Play a caseload into the running platform; the year's figures go to statistics/<year>.json of its state folder.

    Lines with faults are refused one by one and the others are played. Playing the same lines again adds nothing.
    The exit code is 1 when a line was refused or a step failed.
    """
    console = Console()
    stack = find_stack()
    if not _play(console, stack, file)[0]:
        raise typer.Exit(1)


@app.command("generate")
def generate_referrals(
    referrals: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many")] = 20_000,
    year: Annotated[int, typer.Option(min=2022, max=2100, help="The year of their reports")] = YEAR,
    seed: Annotated[int, typer.Option(help="Another seed, other people")] = 1,
) -> None:
    """Print the referrals of a national year, one a line, in proportions like the United Kingdom's; nobody exists.

    Example: python -m player generate --referrals 20000 > national.jsonl
    """
    for referral in generate(referrals, year, seed):
        print(as_line(referral))


@app.command()
def demo() -> None:
    """Play the year 2024, put its figures beside the published ones, and show where everything is.

    The exit code is 1 when a figure differs, a line was refused or a step failed. The platform is left running.
    """
    console = Console()
    stack = find_stack()
    whole, years = _play(console, stack, CASELOAD)
    rows = compare(years[YEAR], read_published(PUBLISHED, YEAR))
    console.print(table(rows))
    differing = [row for row in rows if row.differs]
    for row in differing:
        console.print(f"DIFFERENT: {row.name}: {row.ours} here, {row.published} published", style="red")
    show_addresses(console, stack)
    if differing or not whole:
        raise typer.Exit(1)


def _play(console: Console, stack: Stack, file: Path) -> tuple[bool, dict[int, dict[str, int]]]:
    """Whether everything could be played, and the figures of each year touched."""
    now = datetime.now(UTC)
    lines, faults = read_caseload(file, now)
    show_faults(console, faults)
    with shown(console, len(lines), count_steps(lines)) as progress:
        played = asyncio.run(play(stack, lines, progress, now))
    show_remarks(console, "not possible then", played.not_possible_then)
    show_remarks(console, "REFUSED", [error for error in played.errors if error.step == REPORT])
    show_remarks(console, "ERROR", [error for error in played.errors if error.step != REPORT])
    years = asyncio.run(write_years(stack, played.years))
    console.print(_summary(len(lines), faults, played, stack), soft_wrap=True)
    return not faults and not played.errors, years


def _summary(lines: int, faults: Sequence[Fault], played: Played, stack: Stack) -> str:
    untaken = {error.number for error in played.errors if error.step == REPORT}
    refused, failed = len({f.number for f in faults} | untaken), len({e.number for e in played.errors} - untaken)
    years = ", ".join(str(year) for year in sorted(played.years)) or "none"
    return (
        f"{lines - len(untaken)} lines played, {refused} refused, {failed} with errors,"
        f" {len(played.not_possible_then)} steps not possible then. Figures of {years}: {stack.statistics}"
    )


def show_faults(console: Console, faults: Sequence[Fault]) -> None:
    for fault in faults:
        console.print(
            f"REFUSED: line {fault.number}: {fault.field}: {fault.reason}", style="red", markup=False, soft_wrap=True
        )


def show_remarks(console: Console, title: str, remarks: Sequence[Remark]) -> None:
    for remark in remarks:
        console.print(f"{title}: line {remark.number}: {remark.step}: {remark.reason}", markup=False, soft_wrap=True)


def table(rows: Sequence[Row]) -> Table:
    """The year's figures beside the published ones, with a mark each."""
    drawn = Table("", "here", "published", "", title=f"The mechanism in {YEAR}")
    for row in rows:
        published = "not published" if row.published is None else f"{row.published:,}"
        drawn.add_row(row.name, f"{row.ours:,}", published, row.mark, style="red" if row.differs else None)
    drawn.columns[1].justify = drawn.columns[2].justify = "right"
    return drawn


def show_addresses(console: Console, stack: Stack) -> None:
    """Where everything is, and the demo's people with their passwords: they exist in this machine's realm alone."""
    addresses = Table("Where", "", title="Addresses")
    for title, address in stack.addresses.items():
        addresses.add_row(title, address)
    console.print(addresses)
    people = Table("User", "Password", title="Demo sign-ins")
    for user, password in sorted(stack.passwords.items()):
        people.add_row(user, password)
    console.print(people)
    console.print(tries(stack))


def main() -> None:
    """Run the command; what stops it is a message and exit code 1, a file that cannot be read 2."""
    try:
        app()
    except OSError as error:
        typer.secho(f"{error.filename}: {error.strerror}" if error.filename else str(error), fg="red", err=True)
        raise SystemExit(2) from None
    except Unreachable as error:
        typer.secho(f"The platform does not answer ({error}). Nothing is lost: play again.", fg="red", err=True)
        raise SystemExit(1) from None
    except Refused as error:
        typer.secho("; ".join((f"Refused: {error.code}: {error.detail}", *error.fields)), fg="red", err=True)
        raise SystemExit(1) from None
    except (NotRunning, SignInRefused, NeverCame) as error:
        typer.secho(str(error), fg="red", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
