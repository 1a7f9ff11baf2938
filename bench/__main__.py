"""`python -m bench`: our platform beside its peers in one run, as ratios with spread (`make bench`)."""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

import psutil
import uvloop
from chassis import telemetry

from bench import apply, command, drain, handlers, hidden, history, latency, national, outage, pages, stack, starts
from bench.growth import run as growth
from bench.growth import same_person
from bench.peers.install import install
from bench.report import Report, beside_former

RESULTS = Path(__file__).parent / "RESULTS.md"
Announce = Callable[[str], None]
BENCHES: dict[str, Callable[[Announce], Coroutine[object, object, Report]]] = {
    "drain": drain.run,
    "latency": latency.run,
    "apply": apply.run,
    "handlers": handlers.run,
    "command": command.run,
    "history": history.run,
    "outage": outage.run,
    "hidden": hidden.run,
    "starts": starts.run,
    "growth": growth.run,
    "same_person": same_person.run,
    "national": national.run,
    "pages": pages.run,
}
ALONE = {"growth", "same_person", "national", "pages"}
"""Take long, and databases or a platform of their own: by `--only`."""


def main() -> int:
    """Run, print, and after a full run write RESULTS.md; 1 when something of ours was lost, doubled or inverted."""
    options = _parser().parse_args()
    names = options.only.split(",") if options.only else [name for name in BENCHES if name not in ALONE]
    if unknown := set(names) - BENCHES.keys():
        _parser().error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    began = time.monotonic()
    telemetry.configure_logging()
    stack.up()
    install(_announce)
    reports: list[Report] = []
    for name in names:
        reports.append(uvloop.run(BENCHES[name](_announce)))
        _announce("")
        print("\n".join(reports[-1].page()), flush=True)
        if name in ALONE:
            _kept_alone(name, reports[-1], time.monotonic() - began)
    if not options.only:
        former = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        page = beside_former(_page(reports, time.monotonic() - began), former)
        RESULTS.write_text(page, encoding="utf-8")
    return 1 if any(report.faults for report in reports) else 0


def _kept_alone(name: str, report: Report, seconds: float) -> None:
    """Those that take long have a file each."""
    RESULTS.with_name(f"{name.upper()}.md").write_text(_page([report], seconds), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", metavar="A,B", help=f"these alone, of {', '.join(BENCHES)}; a whole run writes RESULTS.md"
    )
    return parser


def _page(reports: list[Report], seconds: float) -> str:
    return "\n".join([*_head(seconds), *(line for report in reports for line in report.page())])


def _head(seconds: float) -> list[str]:
    memory = psutil.virtual_memory().total / 2**30
    processor = next(
        (line.split(":")[1].strip() for line in _processor() if "model name" in line),
        platform.machine(),
    )
    goals = "Minimum / **median** / maximum of interleaved rounds; a ratio is taken round by round."
    return [
        "# How fast it is, beside its peers",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d} in {seconds / 60:.0f} minutes:"
        f" {psutil.cpu_count()} cores ({processor}), {memory:.0f} GB, Linux {platform.release()},"
        f" Python {platform.python_version()}.",
        "PostgreSQL, Kafka, Keycloak and all contenders share them; PostgreSQL writes to the disk at every commit.",
        goals,
        "",
    ]


def _processor() -> list[str]:
    return Path("/proc/cpuinfo").read_text().splitlines()


def _announce(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}")
    elif line:
        sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
