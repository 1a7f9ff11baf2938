"""A service as its parts: what `app.py` of each service puts together and the processes run."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from nrm_events import Event
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import operations, oversight, rebuild_orders
from chassis.database import Database
from chassis.inbox import Handler
from chassis.projection import Projection
from chassis.rights import Rights
from chassis.settings import Settings
from chassis.tokens import TokenSource

Tick = Callable[[AsyncSession, datetime], Awaitable[None]]
Worker = Callable[["Running"], Awaitable[None]]
Job = Callable[["Running", asyncio.Event], Coroutine[Any, Any, None]]
Command = Callable[["Running"], Awaitable[str]]
Seed = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Running:
    """What a worker of a service gets: its database, its settings and its token."""

    database: Database
    settings: Settings
    source: TokenSource
    state: Mapping[str, Any]
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Service:
    """One agency function.

    `projections` are the rows that can be made anew from the topics;
    `tick` runs every few seconds in one process at a time; `workers` are loops beside it that may wait for the outside
    world; `jobs` run beside the consumer until they are told to stop; `prepare` gives what endpoints find in
    `request.app.state` and handlers in `session.info`; `append_only` names tables whose rows stay;
    `commands` are what an operator runs once by `python -m <service> <name>`: its help, and what it does, which ends
    with a line to print.
    """

    name: str
    title: str
    package: Path
    metadata: MetaData
    routers: Sequence[APIRouter]
    rights: Rights
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    projections: Mapping[str, Projection] = field(default_factory=dict)
    constraints: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    append_only: Sequence[str] = ()
    tick: Tick | None = None
    workers: Sequence[Worker] = ()
    jobs: Sequence[Job] = ()
    seed: Seed | None = None
    commands: Mapping[str, tuple[str, Command]] = field(default_factory=dict)
    settings: type[Settings] = Settings
    prepare: Callable[[Settings, TokenSource], Mapping[str, Any]] = lambda settings, source: {}

    @property
    def every_router(self) -> Sequence[APIRouter]:
        """Its own endpoints, and those that every service has."""
        return (*self.routers, oversight.router, *operations.ROUTERS, *rebuild_orders.ROUTERS)

    @property
    def every_right(self) -> Rights:
        return {**oversight.RIGHTS, **operations.RIGHTS, **rebuild_orders.RIGHTS, **self.rights}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({event.topic() for event in self.handlers}))
