"""`python -m tests.faults`: everything that can break, broken under load, with figures (`make faults`)."""

import argparse
import asyncio
import os
import platform
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from .kills import Outcome, kills
from .sabotage import SABOTAGES
from .scenarios import SCENARIOS
from .trial import Skipped, Trial

RESULTS = Path(__file__).parent / "RESULTS.md"
_SABOTAGED = 30  # kills with the chassis made wrong
_TRIED = [
    "| tried | acts | lost | doubled | inverted | copies on the wire | figures (seconds, or how many) |",
    "|---|---|---|---|---|---|---|",
]


def main() -> int:
    """Run, print and write the figures; 1 when an invariant was broken."""
    options = _parser().parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT)
    )  # the broker gets its disk back then too
    print(f"seed {options.seed}")
    lines, broken = [], []
    if options.kills:
        outcome = asyncio.run(kills(options.kills, options.seed, _announce))
        lines += _killed(outcome)
        broken += outcome.findings.broken
        wrong, missed = _sabotaged(options.seed)
        lines += wrong
        broken += missed
    lines += _TRIED
    _print("\n".join(_TRIED))
    for name in options.only or SCENARIOS:
        began = time.monotonic()
        try:
            trial = asyncio.run(SCENARIOS[name](_announce))
        except Skipped as reason:
            lines.append(f"| {name} | skipped | | | | | {reason} |")
        except Exception as error:  # the others are tried and reported all the same
            lines.append(f"| {name} | not tried to its end: {type(error).__name__} | | | | | |")
            broken.append(f"{name}: {error}")
        else:
            lines.append(_tried(name, trial))
            broken += trial.findings.broken
        _print(f"{lines[-1]}  {time.monotonic() - began:.0f} s")
    if not options.only:
        RESULTS.write_text(_page(lines, options.seed), encoding="utf-8")
    for fault in broken[:20]:
        _print(fault)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000, metavar="N", help="how many processes to kill (1000)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="of all draws; it is printed")
    parser.add_argument(
        "--only", action="append", choices=list(SCENARIOS), help="these scenarios alone; writes no RESULTS.md"
    )
    return parser


def _killed(outcome: Outcome) -> list[str]:
    found = outcome.findings
    lines = [
        f"{outcome.kills.total()} processes killed in {outcome.seconds:.0f} s under {found.acts} acts:"
        f" **{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.inverted)} inverted,"
        f" {len(found.foreign)} that nobody did**; {found.copies} copies on the wire"
        f" (two batches per kill of a relay would be {outcome.copies_allowed}), dropped by the inboxes.",
        "",
        "| killed | times |",
        "|---|---|",
        *(f"| {point} | {times} |" for point, times in sorted(outcome.kills.items())),
        "",
    ]
    _print("\n".join(lines))
    return lines


def _sabotaged(seed: int) -> tuple[list[str], list[str]]:
    """What is found when the chassis is made wrong, as a table, and what is not found though it should be."""
    lines, missed = ["| made wrong on purpose | found |", "|---|---|"], []
    for name, sabotage in SABOTAGES.items():
        outcome = asyncio.run(kills(_SABOTAGED, seed, _announce, sabotage=name))
        found = getattr(outcome.findings, sabotage.finds)
        lines.append(f"| {name} | {len(found)} {sabotage.finds} |")
        missed += [] if found else [f"made wrong on purpose and not found: {name}"]
    _print("\n".join(lines))
    return [*lines, ""], missed


def _tried(name: str, trial: Trial) -> str:
    found = trial.findings
    figures = ", ".join(f"{what} {value:.3g}" for what, value in trial.figures.items())
    parked = f"; {found.parked} acts parked meanwhile" if found.parked else ""
    return (
        f"| {name} | {found.acts} | {len(found.lost) + len(found.foreign)} | {len(found.doubled)} |"
        f" {len(found.inverted)} | {found.copies} | {figures}{parked} |"
    )


def _page(lines: list[str], seed: int) -> str:
    memory = psutil.virtual_memory().total / 2**30
    head = [
        "# What was broken, and what came of it",
        "",
        f"Written by `make faults` on {datetime.now(UTC):%Y-%m-%d}, seed {seed}: {psutil.cpu_count()} cores,"
        f" {memory:.0f} GB, Linux {platform.release()}, Python {platform.python_version()}; access tokens of 10 s.",
        "Found from the databases and the topics themselves; each row is a run on fresh databases.",
        "",
    ]
    return "\n".join([*head, *lines, ""])


def _announce(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()


def _print(text: str) -> None:
    _announce("")
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
