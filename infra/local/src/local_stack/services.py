"""The services as processes of the stack: their settings, their migrations, their start."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable

from local_stack import kafka_server, keycloak_server, postgres_server
from local_stack.children import Child, log_tail, marked
from local_stack.names import ROOT, SERVICES, StackError
from local_stack.state import State, new_key, secret

MIGRATE_SECONDS = 120
START_SECONDS = 60


def written(service: str) -> bool:
    """Whether the service can be started: it has a `__main__`."""
    return importlib.util.find_spec(f"{service}.__main__") is not None


def sign_in_clients() -> list[str]:
    """Clients of the realm through which people and services use the services' API."""
    from local_stack.realm_clients import pages_client
    from local_stack.realm_declared import declaration

    declared = declaration()
    pages = [pages_client(name) for name in declared["pages"]]
    return [*declared["services"], *pages, declared["command_line"], declared["player"]]


def settings(state: State, service: str) -> dict[str, str]:
    """The environment of one service: all its settings."""
    ports = state.ports
    environment = {
        "NRM_DATABASE_URL": postgres_server.address(state, service, service),
        "NRM_KAFKA": kafka_server.client(state),
        "NRM_ISSUER": keycloak_server.issuer(state),
        "NRM_CLIENTS": json.dumps(sign_in_clients()),
        "NRM_CLIENT_ID": service,
        "NRM_CLIENT_SECRET": secret(state, "clients", service),
        "NRM_PORT": str(ports[service]),
        "NRM_OPERATORS_PORT": str(ports[f"{service}.operators"]),
        "NRM_LIMIT_PERSON": "60000",  # the player lives through a year in minutes
        "NRM_LIMIT_READINGS": "600",
        "NRM_INSTANCE": service,
        "NRM_AUDIT_WITNESS": "notify" if service == "exchange" else "exchange",
        "NRM_SERVICES": json.dumps({name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES}),
        "NRM_TRACE_FILE": str(state.traces / f"{service}.jsonl"),
        "NRM_TRACE_RATIO": os.environ.get("NRM_TRACE_RATIO") or "1",
    }
    if pages := pages_settings(state, service):
        environment["NRM_PAGES"] = json.dumps(pages)
    if service == "identification":
        environment["NRM_MASTER_KEY"] = secret(state, "keys", "NRM_MASTER_KEY", new_key)
        environment["NRM_SEARCH_KEY"] = secret(state, "keys", "NRM_SEARCH_KEY", new_key)
    if service == "notify":
        environment["NRM_SMTP"] = f"127.0.0.1:{ports['smtp']}"
        environment["NRM_SMS_GATEWAY"] = f"http://127.0.0.1:{ports['sms']}"
    return environment


def pages_settings(state: State, service: str) -> dict[str, object] | None:
    """The setting of a service's staff pages; None for a service that has none."""
    from local_stack.realm_clients import pages_address, pages_client
    from local_stack.realm_declared import declaration

    those = declaration()["pages"]
    if service not in those:
        return None
    return {
        "address": pages_address(state, service),
        "client_id": pages_client(service),
        "client_secret": secret(state, "clients", pages_client(service)),
        "key": secret(state, "keys", f"pages.{service}", new_key),
        "services": {name: pages_address(state, name) for name in those},
        "demo": True,
    }


def owner_address(state: State, service: str) -> str:
    """The service's database for the role that may alter it."""
    return postgres_server.address(state, f"{service}_owner", service)


def child(state: State, service: str) -> Child:
    """The one process of a service that does all its parts."""
    command = (sys.executable, "-m", service, "all")
    return Child(service, command, settings(state, service), state.ports[service])


Migration = tuple[str, "subprocess.Popen[bytes]"]


def begin_migrations(state: State, services: Iterable[str]) -> list[Migration]:
    """Start bringing the databases of these services up to date, all at the same time; they need PostgreSQL alone."""
    begun = []
    for service in services:
        name = f"{service}.migrate"
        own = {**settings(state, service), "NRM_OWNER_DATABASE_URL": owner_address(state, service)}
        environment = marked(state, name, own)
        command = [sys.executable, "-m", service, "migrate"]
        with (state.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=ROOT, start_new_session=True
            )
        begun.append((name, process))
    return begun


def finish_migrations(state: State, begun: Iterable[Migration]) -> None:
    """Wait until all have ended well.

    Raises:
        StackError: One failed or took longer than two minutes; the message carries the end of its log.
    """
    for name, process in begun:
        try:
            failed = process.wait(timeout=MIGRATE_SECONDS) != 0
        except subprocess.TimeoutExpired:
            process.kill()
            failed = process.wait() != 0
        if failed:
            raise StackError(f"{name} failed.\n{log_tail(state, name)}")
