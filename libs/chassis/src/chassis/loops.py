"""The one loop of everything that runs until the process ends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg
import structlog
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from chassis.metrics import INTERRUPTED

log = structlog.get_logger()
# What ends by itself. asyncpg's InternalClientError is its answer to a session that the database ended while idle.
OUTAGES = (
    KafkaError,
    DBAPIError,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_CLOSING = 5.0  # seconds; a client's own stop() waits for a broker that is away


async def run_until(stop: asyncio.Event, name: str, every: float, work: Callable[[], Awaitable[object]]) -> None:
    """Call `work` again and again until stopped, with pauses of `every` seconds.

    An outage is logged as a warning, any other error as an error; neither ends the loop.
    """
    while not stop.is_set():
        try:
            await work()
        except OUTAGES as error:
            state = getattr(getattr(error, "orig", None), "sqlstate", None)
            log.warning(f"{name} interrupted", error=type(error).__name__, sqlstate=state)
            INTERRUPTED.labels(name).inc()
        except Exception as error:
            log.error(f"{name} failed", error=type(error).__name__)
            INTERRUPTED.labels(name).inc()
        await pause(stop, every)


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until the event is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def close(closing: Awaitable[object]) -> None:
    """Close a client of the broker, for at most five seconds."""
    with contextlib.suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(closing, _CLOSING)
