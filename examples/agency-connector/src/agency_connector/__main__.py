"""`agency-connector`: the case list of an agency, on the command line of its staff.

A command writes to the agency's own database; `run`, which never ends, sends it to the platform and receives the
answers. AGENCY_DATABASE names the database; `run` needs more: see README.md.
"""

import argparse
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from nrm_events.refusals import refusal

from agency_connector import database  # the rest is imported by `run` alone: staff wait for no bus
from agency_connector.settings import NotSet

_LOOK = 0.05  # seconds
_NOT_YET = 3


def init(options: argparse.Namespace) -> int:
    """Make the database."""
    database.make(options.database).close()
    return 0


def refer(options: argparse.Namespace) -> int:
    """Refer a case, read as JSON: {"reference", "reported_at", "report", "consents"}.

    `reference` is your own number of the case: the same one again adds nothing. `report` is the report of the person to
    identification (POST /api/referral-handles in its documentation). `consents` are what the person agreed to: a list
    of {"recipient", "purpose", "data_class"}, may be left out; with them `report` has `consent`: who agreed, and how.
    """
    case = _read_case(options.file)
    connection = database.find(options.database)
    database.refer(connection, case)
    return _answer(options, lambda: database.state_of(connection, case["reference"]))


def _read_case(file: Path | None) -> database.Case:
    try:
        case = json.loads(file.read_text(encoding="utf-8") if file else sys.stdin.buffer.read())
    except ValueError:
        raise database.Refused("the case is no JSON") from None
    if not isinstance(case, dict) or case.keys() - {"consents"} != {"reference", "reported_at", "report"}:
        raise database.Refused("a case has reference, reported_at, report and perhaps consents, and nothing else")
    if not (isinstance(case["reference"], str) and 0 < len(case["reference"]) <= 64):
        raise database.Refused("reference is a text of 1 to 64 characters")
    _moment(str(case["reported_at"]))
    return cast("database.Case", {"consents": []} | case)


def answer_handover(options: argparse.Namespace) -> int:
    """Take over the support that was handed to you, or decline with a reason."""
    body = {"handover_id": options.handover, "taken": options.declined is None, "reason": options.declined}
    return _submit(options, "HandoverAnswered", body)


def report_course(options: argparse.Namespace) -> int:
    """Report that the person is enrolled on a course."""
    body = {"course": options.course, "enrolled": options.enrolled, "needed": options.needed}
    return _submit(options, "CourseEnrolmentTold", body)


def _submit(options: argparse.Namespace, kind: str, body: dict[str, object]) -> int:
    connection = database.find(options.database)
    with connection:
        about = {"case_id": options.case} | body
        submission_id = database.submit(connection, kind, options.at or database.now(), about)
    return _answer(options, lambda: database.submission(connection, submission_id))


def _answer(options: argparse.Namespace, look: Callable[[], sqlite3.Row | None]) -> int:
    """Print how far it has come. Exit code 0: accepted, or not waited for; 1: refused; 3: not answered in time."""
    until = time.monotonic() + (options.wait or 0)
    while (row := look()) is None or (row["code"] is None and time.monotonic() < until):
        time.sleep(_LOOK)
    _print_state(row)
    if row["state"] == "refused":
        return 1
    if row["code"] is None and (trouble := database.trouble(options.database)).exists():
        sys.stderr.write(trouble.read_text(encoding="utf-8"))
    return _NOT_YET if options.wait and row["code"] is None else 0


def _print_state(row: sqlite3.Row) -> None:
    """Its columns; where it was refused also what is wrong, what the code means and what to do, for the staff."""
    _print(tuple(row)[:-1])
    if row["state"] == "refused":
        known = refusal(row["code"])
        sys.stderr.writelines(f"{line}\n" for line in (row["faults"], f"{known.means} {known.mend}") if line)


def list_cases(options: argparse.Namespace) -> int:
    """List your referrals: reference, state, code of the answer, case."""
    for row in database.referrals(database.find(options.database)):
        _print(tuple(row)[:-1])
    return 0


def list_events(options: argparse.Namespace) -> int:
    """List the events that you received: case, event, when, purpose, fields; of one case, or of all."""
    for row in database.events_of(database.find(options.database), options.case):
        _print(row)
    return 0


def ended(options: argparse.Namespace) -> int:
    """List withdrawn consents: consent, case, purpose, events deleted, answer to the acknowledgement."""
    for row in database.ended(database.find(options.database)):
        _print(row)
    return 0


def show(options: argparse.Namespace) -> int:
    """Show a referral and the events of its case that you received."""
    connection = database.find(options.database)
    row = database.state_of(connection, options.reference)
    if row is None:
        raise database.Refused("there is no referral with this reference: agency-connector list")
    _print_state(row)
    for event in database.events_of(connection, row["case_id"]) if row["case_id"] else ():
        _print(event)
    return 0


def _print(row: Iterable[object]) -> None:
    """A line of columns with tabs between, for people and for programs."""
    print("\t".join("-" if value is None else str(value) for value in row))


def run(options: argparse.Namespace) -> int:
    """Send what waits and apply what comes, until stopped."""
    import asyncio
    import logging

    from agency_connector import loop, settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    connection, trouble = database.make(options.database), database.trouble(options.database)
    asyncio.run(loop.run(settings.read(), connection, trouble))
    return 0


def _moment(text: str) -> str:
    from datetime import datetime

    try:
        if datetime.fromisoformat(text).tzinfo:
            return text
    except ValueError:
        pass
    raise database.Refused("a time needs its zone, as 2024-03-04T10:00:00+04:00")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("agency-connector", description=__doc__)
    parser.add_argument("--database", type=Path, default=os.environ.get("AGENCY_DATABASE"), help="AGENCY_DATABASE")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        summary = str(does.__doc__).partition("\n")[0]
        added = commands.add_parser(name, help=summary, description=does.__doc__)
        added.set_defaults(run=does)
        return added

    command("init", init)
    referring, answering = command("refer", refer), command("answer-handover", answer_handover)
    reporting = command("tell-course", report_course)
    referring.add_argument("file", type=Path, nargs="?", help="the case; else it is read from the standard input")
    for about_case in (answering, reporting):
        about_case.add_argument("case", help="the case, as the platform names it")
        about_case.add_argument("--at", type=_moment, help="when it happened, with its zone; else now")
    answering.add_argument("handover", help="handover_id of the event")
    answering.add_argument("--declined", metavar="CODE", help="why you cannot")
    reporting.add_argument("course", help="its code")
    reporting.add_argument("enrolled", type=int, help="persons on it so far")
    reporting.add_argument("needed", type=int, help="persons without whom it does not begin")
    for each in (referring, answering, reporting):
        each.add_argument("--wait", type=float, metavar="SECONDS", help="wait so long for the answer")
    command("list", list_cases)
    command("show", show).add_argument("reference")
    command("told", list_events).add_argument("case", nargs="?")
    command("ended", ended)
    command("run", run)
    return parser


def main() -> None:
    """Exit code 2: the command cannot be done; the message names the reason."""
    try:
        options = _parser().parse_args()
        if options.database is None:
            raise database.Refused("name the database: --database FILE or AGENCY_DATABASE")
        raise SystemExit(options.run(options))
    except (database.Refused, NotSet, OSError, sqlite3.Error) as refused:
        print(f"agency-connector: {refused}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
