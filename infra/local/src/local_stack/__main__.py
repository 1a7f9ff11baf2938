"""`python -m local_stack`: set up, start, stop and look at the local stack."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from local_stack.names import StackError
from local_stack.state import State, only_one, open_state

Command = Callable[[argparse.Namespace], None]


def _print(text: str) -> None:
    print(text, flush=True)


def _silent(text: str) -> None:
    """For --quiet."""


def setup(_: argparse.Namespace) -> None:
    """Fetch Kafka and Keycloak into the user's cache, by the lock; build Keycloak there, once."""
    from local_stack import setup

    setup.prepare()


def up(options: argparse.Namespace) -> None:
    """Start what is not running and wait until all of it is healthy."""
    from local_stack import children, stack

    state, say = open_state(), _silent if options.quiet else _print
    stack.up(state, say, options.services)
    if options.watch:
        from local_stack import watch

        with only_one(state.folder, say):
            if children.running(state, watch.NAME) is None:
                children.start(state, watch.child())


def down(options: argparse.Namespace) -> None:
    """Stop what this stack started, and nothing else."""
    from local_stack import stack

    stack.down(open_state(), _silent if options.quiet else _print)


def status(_: argparse.Namespace) -> None:
    """Print a line for each part: up or down, port, since when (UTC); write endpoints.json anew. 1: a part is down."""
    from local_stack import stack

    state = open_state()
    parts = stack.status(state)
    for part in parts:
        port = "socket" if part.name == "postgres" else str(part.port or "-")
        line = f"{part.name:<18}{'up' if part.up else 'down':<6}{port:<8}{part.since:<27}{part.why}"
        _print(line.rstrip())
    stack.write_endpoints(state)
    _print(f"addresses: {state.endpoints}")
    if down := [part.name for part in parts if not part.up]:
        raise StackError(f"down: {', '.join(down)}. Start what is down: make up")


def bus_apply(_: argparse.Namespace) -> None:
    """Apply topics, rights and quotas as declared in bus.yaml; rights declared nowhere are revoked."""
    from local_stack import stack

    stack.apply_bus(_running("kafka"), _print, again=True)


def realm_apply(_: argparse.Namespace) -> None:
    """Apply the realm as declared in realm.yaml; existing people and clients keep their ids."""
    from local_stack import stack

    stack.apply_realm(_running("keycloak"), _print, again=True)


def code(options: argparse.Namespace) -> None:
    """Print the code of now with which one of the demo's people signs in, after the password."""
    from local_stack import codes

    _print(codes.code_of(open_state(), options.user))


def theme(options: argparse.Namespace) -> None:
    """Write the look of the realm's pages into the folder of themes of a Keycloak."""
    from local_stack import theme

    theme.install(options.folder)
    _print(f"{options.folder / theme.NAME}: written")


def _running(name: str) -> State:
    from local_stack import children

    state = open_state()
    if children.running(state, name) is None:
        raise StackError(f"{name} is not running: make up")
    return state


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local_stack",
        description="PostgreSQL, Keycloak, Kafka and the services on this machine, without containers.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "setup", setup)
    starting = _command(commands, "up", up)
    starting.add_argument("--no-services", dest="services", action="store_false", help="start all but the services")
    starting.add_argument("--watch", action="store_true", help="start a part that dies again, until `down`")
    stopping = _command(commands, "down", down)
    for either in (starting, stopping):
        either.add_argument("--quiet", action="store_true", help="print nothing unless it fails")
    _command(commands, "status", status)
    _command(commands, "code", code).add_argument("user", help="<agency>.<role>")
    _command(commands, "theme", theme).add_argument("folder", type=Path)
    for name, what, apply in (
        ("bus", "the topics of the bus", bus_apply),
        ("realm", "the Keycloak realm", realm_apply),
    ):
        part = commands.add_parser(name, help=what, description=what).add_subparsers(required=True, metavar="COMMAND")
        _command(part, "apply", apply)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    parser.set_defaults(run=run)
    return parser


def main() -> None:
    """Run the command. A failure of the stack prints a message and exits with 1; an interruption exits with 130."""
    options = _parser().parse_args()
    try:
        options.run(options)
    except StackError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
