"""Notifies the relay of what was committed, so that it does not wait for its next look at the outbox."""

import asyncio

import asyncpg

from chassis.relay import CHANNEL

_PAUSE = 1.0  # seconds after an error
_UNSAVED = {"synchronous_commit": "off"}  # a NOTIFY is lost with the database anyway: no need to wait for disk


class RelayNotifier:
    """Notifies the relay after a commit, on a connection of its own; many commits at once notify it once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._due = asyncio.Event()

    def wake(self) -> None:
        self._due.set()

    async def run(self) -> None:
        """Notify until cancelled. Where the database is unavailable, the relay's own polling finds the rows."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5, server_settings=_UNSAVED)
                try:
                    while True:
                        await self._due.wait()
                        self._due.clear()
                        await connection.execute(f"notify {CHANNEL}")
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await asyncio.sleep(_PAUSE)
