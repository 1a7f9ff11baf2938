"""Starting and stopping the whole stack, in the one order that works.

PostgreSQL beside Keycloak, then the realm, then Kafka (which fetches the realm's keys as it starts), then topics and
rights, then migrations and services. A second `up` touches only what has died or is out of date.
"""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from local_stack import children, connector, kafka_server, keycloak_server, postgres_server, services
from local_stack.children import Child
from local_stack.names import SERVICES, StackError
from local_stack.state import State, choose_ports, only_one, write_json

Say = Callable[[str], None]

SINK_SECONDS = 20


@dataclass
class Start:
    """One run of `up`: what it started is stopped again when it is interrupted."""

    state: State
    say: Say
    started: list[str] = field(default_factory=list)
    healthy: set[str] = field(default_factory=set)

    def begin(self, child: Child) -> bool:
        """Start a part unless the same one is running; True when it was started."""
        record = children.running(self.state, child.name)
        if record and record.fingerprint == child.fingerprint:
            return False
        if record:
            self.say(f"{child.name}: its settings have changed; starting it anew")
        children.stop(self.state, child.name)
        self.started.append(child.name)
        children.start(self.state, child)
        return True

    def wait(self, name: str, healthy: Callable[[], bool], seconds: float) -> None:
        """Wait for a part's health; one that does not get there is stopped, so that nothing half-runs."""
        try:
            children.wait_until(self.state, name, healthy, seconds)
        except StackError:
            children.stop(self.state, name, children.STARTING_STOP_SECONDS)
            raise
        self.healthy.add(name)
        if name in self.started:
            self.say(f"{name}: up")


def up(state: State, say: Say, with_services: bool = True) -> None:
    """Start what is not running and wait until all of it is healthy.

    Raises:
        StackError: A part failed; the message names it and its log. What is healthy stays.
        KeyboardInterrupt: Interrupted or terminated; what this run had started is stopped again.
    """
    if any(letter.isspace() for letter in str(state.folder)):
        raise StackError(
            f"{state.folder} has a space, and PostgreSQL cannot start there: NRM_STATE=/a/folder/without make up"
        )
    with only_one(state.folder, say), _ended_like_ctrl_c():
        _recover(state, say)
        if not state.secrets.exists():
            state.keep_for_tests(not with_services)
        run = Start(state, say)
        try:
            _start_all(run, with_services)
        except KeyboardInterrupt:
            _recover(state, say)
            for name in reversed(run.started):
                starting = name not in run.healthy
                children.stop(state, name, children.STARTING_STOP_SECONDS if starting else children.STOP_SECONDS)
            raise
        finally:
            write_endpoints(state)


@contextlib.contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and a closed terminal end this run as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start_all(run: Start, with_services: bool) -> None:
    state = run.state
    choose_ports(state, lambda name: _owner_runs(state, name))
    keycloak = keycloak_server.child(state)
    run.begin(keycloak)
    if children.running(state, "postgres") is None:
        run.started.append("postgres")
    postgres_server.start(state)
    run.wait("postgres", lambda: postgres_server.healthy(state), 20)
    migrations = _begin_migrations(run) if with_services else []
    ports = state.ports
    mail = (sys.executable, "-m", "local_stack.mail_sink", str(ports["smtp"]), str(state.mail))
    sms = (sys.executable, "-m", "local_stack.sms_sink", str(ports["sms"]), str(state.sms))
    run.begin(Child("smtp", mail, port=ports["smtp"]))
    run.begin(Child("sms", sms, port=ports["sms"]))
    kafka_server.prepare(state)
    run.wait("smtp", lambda: children.listens(ports["smtp"]), SINK_SECONDS)
    run.wait("sms", lambda: children.answers(ports["sms"], "/healthz"), SINK_SECONDS)
    run.wait("keycloak", lambda: children.answers(ports["keycloak"], "/health/ready"), keycloak_server.START_SECONDS)
    apply_realm(state, run.say)
    if run.begin(kafka_server.child(state)):
        run.wait("kafka", lambda: kafka_server.ready(state), kafka_server.START_SECONDS)
    else:
        run.wait("kafka", lambda: children.listens(ports["kafka_client"]), kafka_server.START_SECONDS)
    apply_bus(state, run.say)
    if with_services:
        _start_services(run, migrations)


def _owner_runs(state: State, port: str) -> bool:
    owner = "kafka" if port.startswith("kafka_") else port.removesuffix(".operators")
    return children.running(state, owner) is not None


def apply_realm(state: State, say: Say, again: bool = False) -> None:
    """Apply the declared realm; skipped when the same was applied to this data before, unless `again`."""
    from local_stack import realm

    stamp, wanted = state.folder / "keycloak" / "realm.applied", realm.wanted(state)
    if again or not _is(stamp, wanted):
        realm.apply(state)
        stamp.write_text(wanted)
        say(f"realm {keycloak_server.REALM}: applied")


def apply_bus(state: State, say: Say, again: bool = False) -> None:
    """Apply the declared bus; skipped when the same was applied to this data before, unless `again`."""
    from local_stack import bus

    stamp, wanted = state.folder / "kafka" / "bus.applied", bus.wanted()
    if again or not _is(stamp, wanted):
        change = bus.apply(kafka_server.admin(state), bus.declared())
        stamp.write_text(wanted)
        say(
            f"bus: {len(change.created)} topics made, {len(change.altered)} altered,"
            f" {len(change.granted)} rights granted, {len(change.revoked)} revoked,"
            f" {len(change.bounded)} agencies bounded"
        )


def _is(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _start_services(run: Start, migrations: list[services.Migration]) -> None:
    state = run.state
    services.finish_migrations(state, migrations)
    ready = [name for name in SERVICES if services.written(name)]
    for name in ready:
        run.begin(services.child(state, name))
    for name in ready:
        port = state.ports[name]
        run.wait(name, lambda port=port: children.answers(port, "/readyz"), services.START_SECONDS)  # type: ignore[misc]
    run.begin(connector.child(state))
    run.wait(connector.NAME, connector.database(state).exists, connector.START_SECONDS)


def _begin_migrations(run: Start) -> list[services.Migration]:
    """Of the services that are about to start; beside Keycloak's start, which takes longer."""
    for name in SERVICES:
        if not services.written(name):
            run.say(f"{name}: skipped, it has no __main__ yet")
    dead = [name for name in SERVICES if services.written(name) and not _is_current(run.state, name)]
    return services.begin_migrations(run.state, dead)


def _is_current(state: State, name: str) -> bool:
    record = children.running(state, name)
    return record is not None and record.fingerprint == services.child(state, name).fingerprint


def down(state: State, say: Say) -> None:
    """Stop what this stack started, services first and Keycloak last; nothing else is touched."""
    with only_one(state.folder, say):
        _recover(state, say)
        order = ["watch", connector.NAME, *SERVICES, "smtp", "sms", "kafka", "keycloak", "postgres"]
        for name in [*order, *(set(children.recorded(state)) - set(order))]:
            if children.stop(state, name):
                say(f"{name}: stopped")


def _recover(state: State, say: Say) -> None:
    """Record or stop processes that a start which was cut off has left without a record."""
    postgres_server.adopt(state)
    for stray in children.stop_strays(state):
        say(f"{stray}: stopped a process that an interrupted start had left")


@dataclass(frozen=True)
class Part:
    """A line of `status`; `why` it is down, where its process lives."""

    name: str
    up: bool
    port: int | None
    since: str
    why: str = ""


def status(state: State) -> list[Part]:
    """Every part of the stack: whether it runs and answers, on which port, since when (UTC)."""
    ports = state.ports
    parts = []
    watching = ["watch"] if "watch" in children.recorded(state) else []
    for name in ("postgres", "keycloak", "kafka", "smtp", "sms", *SERVICES, connector.NAME, *watching):
        record = children.running(state, name)
        port = ports.get("kafka_client" if name == "kafka" else name)
        why = _trouble(state, name, port or 0) if record else ""
        parts.append(Part(name, record is not None and not why, port, record.since if record else "", why))
    return parts


def _trouble(state: State, name: str, port: int) -> str:
    """Why a part whose process lives does no work; empty: it does."""
    if name == connector.NAME:
        return connector.trouble(state)
    return "" if _does_answer(state, name, port) else f"does not answer: {state.logs / name}.log"


def _does_answer(state: State, name: str, port: int) -> bool:
    match name:
        case "postgres":
            return postgres_server.healthy(state)
        case "kafka":
            return kafka_server.ready(state)
        case "keycloak":
            return children.answers(port, "/health/ready")
        case "smtp":
            return children.listens(port)
        case "watch":
            return True
        case _:
            return children.answers(port, "/healthz")


def write_endpoints(state: State) -> None:
    """Write the addresses of all parts to `endpoints.json`, for player, tests and people.

    It contains passwords: mode 0600.
    """
    ports = state.ports
    if not ports or not (state.folder / "postgres.json").exists():
        return
    account = kafka_server.admin(state)
    write_json(
        state.endpoints,
        {
            "kafka": {
                "client": kafka_server.client(state),
                "admin": {"librdkafka": account.settings, "aiokafka": account.arguments},
            },
            "postgres": {name: postgres_server.address(state, name, name) for name in SERVICES},
            "postgres_owner": {name: services.owner_address(state, name) for name in SERVICES},
            "postgres_admin": postgres_server.address(state, "postgres", "postgres"),
            "keycloak": keycloak_server.base(state),
            "issuer": keycloak_server.issuer(state),
            "clients": services.sign_in_clients(),
            "smtp": f"127.0.0.1:{ports['smtp']}",
            "mail": str(state.mail),
            "sms": f"http://127.0.0.1:{ports['sms']}",
            "sms_file": str(state.sms),
            "traces": str(state.traces),
            "secrets": str(state.secrets),
            "services": {name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES},
            "operators": {name: f"http://127.0.0.1:{ports[f'{name}.operators']}" for name in SERVICES},
            "pages": {name: pages for name in SERVICES if (pages := services.pages_settings(state, name))},
            "systems": {connector.AGENCY: str(database)} if (database := connector.database(state)).exists() else {},
        },
    )
