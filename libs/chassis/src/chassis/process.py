"""The processes of a service: `python -m <service> PART`, whose `--help` lists the parts.

`all` is the small deployment: one process with every part. SIGTERM and SIGINT end it in order: no new request, running
requests answered, the current poll applied, then the connections closed.
"""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import datetime
from functools import partial

import structlog
import uvloop
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from pydantic import ValidationError

from chassis import app, audit, audit_walk, outbox, telemetry
from chassis.actor import system
from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import DomainError, NotPossible
from chassis.inbox import Consumer
from chassis.loops import run_until
from chassis.rebuild.job import Rebuilder
from chassis.relay import Relay
from chassis.relay_notifier import RelayNotifier
from chassis.server import serve
from chassis.service import Service, ServiceContext
from chassis.settings import Settings, WrongSetting
from chassis.ticker import contradiction, show_witness, tick, tick_once, verify_audit
from chassis.tokens import TokenSource

log = structlog.get_logger()
Job = Coroutine[None, None, None]
_PARTS = ("api", "consume", "relay", "tick")
_VERIFY_EVERY = 6 * 3600.0  # seconds
_WITNESS_EVERY = 300.0
_WORK_EVERY = 1.0  # seconds
_HELP = {
    "api": "answer HTTP requests",
    "consume": "apply events of other services",
    "relay": "send the outbox to the bus",
    "tick": "run the clocks",
    "migrate": "bring the database to the newest version",
    "audit": "verify the audit chains and name the first broken link",
    "send-again": "queue all that was ever sent, for a topic that was lost and is not made anew yet",
    "all": "everything in one process",
}


def main(service: Service, arguments: list[str] | None = None) -> int:
    """Run one part of the service. Return 0 when it ended in order, 1 on a failure, 2 on wrong use."""
    options = _parser(service).parse_args(arguments)
    part: str = options.part
    telemetry.configure_logging()
    try:
        settings = service.settings()
    except ValidationError as error:
        for fault in error.errors():
            sys.stderr.write(f"NRM_{'.'.join(str(p) for p in fault['loc']).upper()}: {fault['msg']}\n")
        return 2
    try:
        if service.pages:
            service.pages.check(settings)
    except WrongSetting as wrong:
        sys.stderr.writelines(f"{line}\n" for line in wrong.lines)
        return 2
    if part == "migrate":
        return _migrate(service, settings)
    if part == "audit":
        return asyncio.run(_verify_audit(service, settings))
    if part == "send-again":
        return asyncio.run(_send_again(service, settings))
    if part == "tick" and options.now:
        return asyncio.run(_tick_once(service, settings, options.now))
    if part in service.commands:
        return asyncio.run(_command(service, settings, part))
    _tune_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(service, settings, _PARTS if part == "all" else (part,)))
    return 0


def _tune_collector() -> None:
    """Leave what start-up made out of collections; reference counts free the short-lived objects of a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=service.name, description=service.title)
    parts = parser.add_subparsers(dest="part", required=True, metavar="part")
    commands = {name: text for name, (text, _) in service.commands.items()}
    for name, text in (_HELP | commands).items():
        added = parts.add_parser(name, help=text)
        if name == "tick":
            added.add_argument(
                "--now", type=_moment, help="run them once as of this moment (ISO 8601 with zone), then end"
            )
    return parser


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give a zone, e.g. 2026-01-31T09:00:00+04:00")
    return moment


def _migrate(service: Service, settings: Settings) -> int:
    if settings.owner_database_url is None:
        sys.stderr.write("NRM_OWNER_DATABASE_URL: needed by migrate\n")
        return 2
    from chassis.migration import role_of, upgrade  # Alembic's memory is for this part alone

    upgrade(service, settings.owner_database_url, role_of(settings.database_url))
    asyncio.run(_seed(service, settings))
    return 0


async def _seed(service: Service, settings: Settings) -> None:
    if service.seed:
        async with _database(service, settings) as database, database.transaction() as session:
            await service.seed(session)


@contextlib.asynccontextmanager
async def _database(service: Service, settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url, service.constraints)
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _context(service: Service, settings: Settings) -> AsyncIterator[ServiceContext]:
    """The service with its database, its token and its resources."""
    source = TokenSource(settings)
    try:
        async with _database(service, settings) as database:
            database.resources = service.resources(settings, source)
            yield ServiceContext(service, database, settings, source, database.resources, utc_now)
    finally:
        await source.close()


async def _verify_audit(service: Service, settings: Settings) -> int:
    async with _context(service, settings) as context:
        async with context.database.transaction() as session:
            broken = await audit_walk.verify(session)
        if broken is None and settings.audit_witness:
            try:
                broken = await contradiction(context, settings.audit_witness)
            except DomainError as error:
                sys.stderr.write(
                    f"unbroken, but its witness {settings.audit_witness} did not compare it: {error.code}\n"
                )
                return 1
    if broken:
        sys.stdout.write(f"broken: chain {broken.chain}, entry {broken.position}: {broken.fault}\n")
        return 1
    sys.stdout.write("unbroken\n")
    return 0


async def _send_again(service: Service, settings: Settings) -> int:
    topic = f"nrm.{service.name}"
    try:
        async with _database(service, settings) as database, database.transaction() as session:
            events = await outbox.send_again(session, topic)
            audit.record(session, system(service.name), "send_again", subject=topic, facts={"events": events})
    except NotPossible as refused:
        sys.stderr.write(f"{service.name}: {refused.code}: {refused.detail}\n")
        return 2
    sys.stdout.write(f"{events} events of {topic} wait to be sent again\n")
    return 0


async def _command(service: Service, settings: Settings, name: str) -> int:
    _, command = service.commands[name]
    async with _context(service, settings) as context:
        try:
            sys.stdout.write(await command(context) + "\n")
        except DomainError as error:
            sys.stderr.write(f"{error.code}: {error.detail}\n")
            return 1
    return 0


async def _tick_once(service: Service, settings: Settings, now: datetime) -> int:
    async with _context(service, settings) as context:
        await tick_once(service, context.database, now)
    return 0


async def _run(service: Service, settings: Settings, parts: tuple[str, ...]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    provider = telemetry.configure_tracing(service.name, settings)
    HTTPXClientInstrumentor().instrument()
    async with _context(service, settings) as context:
        notifier = RelayNotifier(settings.database_url)
        context.database.after_commit = notifier.wake
        notifying = asyncio.create_task(notifier.run())
        jobs = list(_jobs(context, stop, parts))
        log.info("started", service=service.name, parts=parts)
        try:
            await asyncio.gather(*jobs)
        finally:
            notifying.cancel()
            if provider:
                provider.shutdown()
    log.info("ended", service=service.name)


def _jobs(context: ServiceContext, stop: asyncio.Event, parts: tuple[str, ...]) -> Iterator[Job]:
    service, database, settings, source = context.service, context.database, context.settings, context.source
    if "api" in parts:
        application = app.build(service, settings, database, resources=context.resources)
        yield serve(application, settings.listen, settings.port, stop, head_seconds=settings.head_seconds)
    if settings.operators_port:
        watched = app.for_operators(service, settings, database)
        yield serve(watched, settings.operators_listen, settings.operators_port, stop)
    if "consume" in parts and service.handlers:
        yield Consumer(database, service.name, service.topics, service.handlers).run(settings, source, stop)
        if service.projections:
            yield Rebuilder(context).run(stop)
        for job in service.jobs:
            yield job(context, stop)
    if "relay" in parts:
        yield Relay(settings, source).run(stop)
    if "tick" in parts:
        yield run_until(stop, "tick", settings.tick_seconds, partial(tick, service, database))
        yield run_until(stop, "audit", _VERIFY_EVERY, partial(verify_audit, database))
        if witness := settings.audit_witness:
            yield run_until(stop, "witness", _WITNESS_EVERY, partial(show_witness, context, witness))
        for worker in service.workers:
            yield run_until(stop, "worker", _WORK_EVERY, partial(worker, context))
