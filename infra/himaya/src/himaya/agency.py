"""`himaya agency`: agencies' systems are joined to the bus, suspended, resumed, removed, and looked at."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal, TypedDict

import typer
from agency_access.access import Access, access_of

from himaya.agreement_file import AgreementFile
from himaya.answers import Agencies, Agency, AgencySummary
from himaya.comparison import compare, traffic, what_to_run
from himaya.connection import find
from himaya.joining import AgencyState, Joining, find_agency, state_of
from himaya.output import ATTENTION, AsJson, Row, moment, run, show_json, show_table
from himaya.platform import Platform, Refused
from himaya.provisioning import Provisioning, Standing, agencies_with_a_client

app = typer.Typer(
    no_args_is_help=True,
    help="Agencies' own systems on the bus: joined, suspended, resumed.\n\nEach command may be run again: what "
    "stands stays, what is missing is made. Ends with 0 when all is well, 1 when something wants attention, 2 on wrong "
    "use or a refusal, 3 when a part cannot be reached.",
)


def _access(code: str) -> Access:
    try:
        return access_of(code)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Code = Annotated[Access, typer.Argument(metavar="CODE", help="The agency, e.g. ngo-amc", parser=_access)]
Reason = Annotated[
    Literal["security_incident", "flooding", "agreement_ended", "asked_by_agency", "breach_of_agreement"],
    typer.Option(help="It is audited"),
]
SecretFile = Annotated[
    Path | None, typer.Option(help="Write a new secret here (mode 0600) and do not print it; the file must be new")
]


class _Step(TypedDict):
    part: str
    did: str


class _Done(TypedDict, total=False):
    """What a command did, for programs."""

    agency: str
    steps: list[_Step]
    secret: str
    state: str | None


class _Steps:
    """Each step on a line as it is done; for programs all of it at the end."""

    def __init__(self, access: Access, as_json: bool, secret_file: Path | None = None) -> None:
        self._access, self._as_json, self._file = access, as_json, secret_file
        self.done: _Done = {"agency": access.code, "steps": []}

    def step(self, part: str, did: str) -> None:
        self.done["steps"].append({"part": part, "did": did})
        if not self._as_json:
            sys.stdout.write(f"{part:<10} {did}\n")
            sys.stdout.flush()

    def store(self, secret: str) -> str:
        """Where a new secret went: into the file, else onto the screen, once."""
        if self._file is None:
            self.done["secret"] = secret
            return "in `secret`" if self._as_json else f"{secret}   (of {self._access.client_id}; not shown again)"
        try:
            with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secret + "\n")
        except OSError as error:
            raise Refused(
                f"the secret cannot be written to {self._file}: {error.strerror}. "
                f"Run the same again, then for a new one: himaya agency secret {self._access.code}"
            ) from None
        return f"of {self._access.client_id}, in {self._file}"

    def end(self, state: AgencyState | None = None) -> None:
        self.done["state"] = state.state if state else None
        if self._as_json:
            show_json(self.done)
        else:
            name = state.state if state else "cut off; nothing was agreed with it"
            sys.stdout.write(f"{self._access.code} is {name}\n")


def _do(steps: _Steps, access: Access, work: Callable[[Joining], Awaitable[AgencyState | None]]) -> None:
    async def all_of_it() -> AgencyState | None:
        connection = find()
        parts = Provisioning(connection, access)
        return await work(Joining(Platform(connection), parts, access.code, steps))

    steps.end(run(all_of_it()))


@app.command()
def add(
    code: Code,
    agreement: Annotated[
        Path,
        typer.Option(
            help="The agreement, as docs/how-to/connect-an-agency.md explains it: what the agency is (its kind), what "
            "it may submit, what it receives"
        ),
    ],
    secret_file: SecretFile = None,
    as_json: AsJson = False,
) -> None:
    """Join an agency's system: client, quotas, rights, topics, and last its agreement; or replace its agreement.

    An agreement without a kind is refused, and a kind never changes: police learn of a case by the hand-over alone,
    and every other agency by what its kind and the person's consent open.

    Example: himaya agency add iom-baku --agreement iom-baku.yaml --secret-file iom-baku.secret
    """
    steps = _Steps(code, as_json, secret_file)

    async def work(joining: Joining) -> AgencyState:
        file = AgreementFile(agreement)
        await _refuse_taken(joining, secret_file)
        try:
            return await joining.add(file.content)
        except Refused as refused:
            raise file.explained(refused) from None

    _do(steps, code, work)


@app.command()
def suspend(code: Code, reason: Reason, as_json: AsJson = False) -> None:
    """Suspend an agency's system: its stream ends in both directions, its rights go, its client is disabled.

    Example: himaya agency suspend ngo-amc --reason security_incident
    """
    _do(_Steps(code, as_json), code, lambda joining: joining.suspend(reason))


@app.command()
def resume(code: Code, as_json: AsJson = False) -> None:
    """Resume an agency's system with the secret that it has; answers that waited are sent now.

    Example: himaya agency resume ngo-amc
    """
    _do(_Steps(code, as_json), code, lambda joining: joining.resume())


@app.command()
def remove(code: Code, reason: Reason, as_json: AsJson = False) -> None:
    """The agency is no longer joined. Its agreements and what went in and out stay on record; topics empty in 30 days.

    Example: himaya agency remove ngo-amc --reason agreement_ended
    """
    _do(_Steps(code, as_json), code, lambda joining: joining.remove(reason))


@app.command()
def secret(code: Code, secret_file: SecretFile = None, as_json: AsJson = False) -> None:
    """Make a new secret of an agency's client; the one before is good no more.

    Example: himaya agency secret ngo-amc --secret-file ngo-amc.secret
    """
    steps = _Steps(code, as_json, secret_file)

    async def work() -> None:
        parts = Provisioning(find(), code)
        if not await parts.has_client():
            raise Refused(f"{code.client_id} does not exist: himaya agency show {code.code}")
        _refuse_if_there(secret_file)
        steps.step("secret", steps.store(await parts.new_secret()))

    run(work())
    if as_json:
        show_json(steps.done)


async def _refuse_taken(joining: Joining, file: Path | None) -> None:
    """Before a client is made whose secret would find no place."""
    if file and await joining.needs_secret():
        _refuse_if_there(file)


def _refuse_if_there(file: Path | None) -> None:
    if file and file.exists():
        raise Refused(f"{file} is there already: name a new file")
    if file and not file.absolute().parent.is_dir():
        raise Refused(f"there is no folder for {file}")


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """Each part of an agency beside what it should be, and what to run if something is missing.

    Example: himaya agency show ngo-amc
    """

    async def work() -> tuple[Agency | None, Standing]:
        connection = find()
        answer = await find_agency(Platform(connection), code.code)
        there = await Provisioning(connection, code).stands()
        if answer is None and there.enabled is None and not there.topics and not there.rights:
            raise Refused(f"there is no agency {code.code} on the bus: himaya agency list")
        return answer, there

    answer, there = run(work())
    state = state_of(answer) if answer else None
    parts = compare(code, state, there)
    remedy = None if all(part.right for part in parts) else what_to_run(code.code, state)
    if as_json:
        rows = [{"part": part.part, "stands": part.stands, "should": part.should} for part in parts]
        show_json({"agency": code.code, "state": state.state if state else None, "parts": rows, "run": remedy})
    else:
        show_table(("part", "stands", "should be"), [(p.part, p.stands, p.should) for p in parts], "")
        sys.stdout.writelines(f"{line}\n" for line in (traffic(answer) if answer else ()))
    if remedy:
        sys.stderr.write(f"not as it should be; mend it with: {remedy}\n")
        sys.exit(ATTENTION)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Every agency whose system was ever joined, and those whose joining was interrupted.

    Example: himaya agency list
    """

    async def work() -> tuple[list[AgencySummary], dict[str, bool]]:
        connection = find()
        agreed = await Platform(connection).get("exchange", "/api/agencies", Agencies)
        return agreed["items"], await agencies_with_a_client(connection)

    agreed, may_sign_in = run(work())
    begun = sorted(may_sign_in.keys() - {one["code"] for one in agreed})
    if as_json:
        known = [{**one, "may_sign_in": may_sign_in.get(one["code"], False)} for one in agreed]
        show_json(known + [{"code": code, "state": None, "may_sign_in": may_sign_in[code]} for code in begun])
        return
    rows: list[Row] = [
        (
            one["code"],
            one["kind"],
            one["state"],
            one["edition"],
            _yes(may_sign_in.get(one["code"], False)),
            moment(one["changed_at"]),
            one["title"],
        )
        for one in agreed
    ]
    rows += [(code, None, "nothing agreed", None, _yes(may_sign_in[code]), None, None) for code in begun]
    show_table(("agency", "kind", "state", "edition", "may sign in", "changed", ""), rows, "no agency is joined")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
