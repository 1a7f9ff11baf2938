"""A service as its parts: what `app.py` of each service puts together and the processes run."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from nrm_events import Event
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit_api, audit_witness, bus_api, subscription
from chassis.actor import system
from chassis.database import Database
from chassis.inbox import Handler
from chassis.projection import Projection
from chassis.rebuild import api as rebuild_api
from chassis.rights import Rights
from chassis.settings import Settings
from chassis.subscription import AnySubscription
from chassis.tokens import TokenSource
from chassis.unit_of_work import RESOURCES, AnyWork, UnitOfWork

Worker = Callable[["ServiceContext"], Awaitable[None]]
Job = Callable[["ServiceContext", asyncio.Event], Coroutine[None, None, None]]
Command = Callable[["ServiceContext"], Awaitable[str]]
Seed = Callable[[AsyncSession], Awaitable[None]]
Clocks = Callable[[AnyWork], Awaitable[None]]
Recheck = Callable[[AnyWork, Sequence[Sequence[str]]], Awaitable[None]]


class Pages(Protocol):
    """The staff's pages of a service."""

    def check(self, settings: Settings) -> None:
        """Read what the settings have for the pages; WrongSetting for what cannot be."""

    def __call__(self, app: FastAPI, settings: Settings) -> None:
        """Add them to the application, where the settings have any."""


@dataclass(frozen=True)
class ServiceContext:
    """What a worker of a service gets: its database, its settings and its token."""

    service: "Service"
    database: Database
    settings: Settings
    source: TokenSource
    resources: object
    clock: Callable[[], datetime]

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AnyWork]:
        """A transaction in which the service itself acts; it commits at the end."""
        async with self.database.transaction() as session:
            yield self.service.unit_of_work(session, self.clock())


@dataclass(frozen=True)
class Service:
    """One agency function.

    - `subscriptions`: what is done with each event. `projections`: rows that can be made anew from the topics.
    - `clocks` run every few seconds in one process at a time. `workers` run beside them and may wait for the outside
      world; `jobs` run beside the consumer until the process stops.
    - `readings`: actions that search for a person or read identity, and have a low limit of their own.
    - `append_only`: tables whose rows stay. `constraints`: the code and sentence of each violated constraint.
    - `resources` makes `UnitOfWork.resources`. `recheck` refuses a stored answer after the access has ended.
    - `pages` adds the staff's pages to the application.
    - `commands`: what an operator runs by `python -m <service> <name>`: help, and work that returns a line to print.
    """

    name: str
    title: str
    package: Path
    metadata: MetaData
    routers: Sequence[APIRouter]
    rights: Rights
    subscriptions: Sequence[AnySubscription] = ()
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    projections: Mapping[str, Projection] = field(default_factory=dict)
    constraints: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    append_only: Sequence[str] = ()
    readings: Collection[str] = ()
    clocks: Clocks | None = None
    recheck: Recheck | None = None
    workers: Sequence[Worker] = ()
    jobs: Sequence[Job] = ()
    seed: Seed | None = None
    commands: Mapping[str, tuple[str, Command]] = field(default_factory=dict)
    settings: type[Settings] = Settings
    resources: Callable[[Any, TokenSource], object] = lambda settings, source: None
    pages: Pages | None = None

    def __post_init__(self) -> None:
        if self.subscriptions:
            made = subscription.handlers(self.name, self.every_right, self.subscriptions)
            object.__setattr__(self, "handlers", {**self.handlers, **made})

    def unit_of_work(self, session: AsyncSession, now: datetime) -> AnyWork:
        """The service itself acts, on an event or a clock."""
        return UnitOfWork(session, system(self.name), now, session.info.get(RESOURCES), self.every_right)

    @property
    def every_router(self) -> Sequence[APIRouter]:
        """Its own endpoints, and those that every service has."""
        return (*self.routers, audit_api.router, audit_witness.router, *bus_api.ROUTERS, *rebuild_api.ROUTERS)

    @property
    def every_right(self) -> Rights:
        return {**audit_api.RIGHTS, **audit_witness.RIGHTS, **bus_api.RIGHTS, **rebuild_api.RIGHTS, **self.rights}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({event.topic() for event in self.handlers}))
