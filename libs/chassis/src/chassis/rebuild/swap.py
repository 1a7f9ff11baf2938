"""A second, temporary set of a projection's rows, and the exchange of the true rows for it.

The temporary tables have the names of the true ones and come first in the connection's search path, so the same
handlers fill them. The connection is read-only but for temporary tables: PostgreSQL itself refuses a handler that
writes anywhere else, and a connection that was lost and came back without them can damage nothing.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from nrm_events import Envelope
from sqlalchemy import CursorResult, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from chassis import audit, outbox
from chassis.inbox import waves
from chassis.projection import Projection

_READ_ONLY = {"default_transaction_read_only": "on", "application_name": "rebuild"}


class RowChanges(NamedTuple):
    """How many rows differed from what the events give; a row that was changed counts on both sides."""

    removed: int
    added: int


class Shadow:
    """The projection's tables a second time, empty at first."""

    def __init__(self, connection: AsyncConnection, projection: Projection) -> None:
        self.session = AsyncSession(connection, expire_on_commit=False)
        self.projection = projection

    async def make(self) -> None:
        async with self.session.begin():
            await self.allow_writing()
            for table in self.projection.tables:
                made = f"create temporary table {table.name} (like public.{table.name} including all)"
                await self.session.execute(text(made))

    async def allow_writing(self) -> None:
        """Let this transaction write to the true tables too; the first statement in it."""
        await self.session.execute(text("set transaction read write"))

    async def apply(self, envelopes: Sequence[Envelope]) -> None:
        """Inside a transaction. Events of one case in their order."""
        async with self.session.begin_nested():
            await self.session.execute(text("set transaction read only"))
            for wave in waves(envelopes):
                for kind, group in wave.items():
                    await self.projection.handlers[kind](self.session, group)
        self.session.expunge_all()
        if any(self.session.info.get(name) for name in (outbox.PENDING, audit.PENDING)):
            raise RuntimeError("the handler of a projection emits or audits something")

    async def swap(self, cases: Sequence[UUID] | None) -> RowChanges:
        """Make the true rows equal to these (of `cases` alone, if named), in the current transaction."""
        removed = added = 0
        for table, rows in self.projection.tables.items():
            values = {"cases": list(cases)} if cases is not None else {}
            owned = f"({rows})" + (" and case_id = any(:cases)" if cases is not None else "")
            removed += await self._run(_removing(table, owned), values)
            added += await self._run(_adding(table, owned), values)
        return RowChanges(removed, added)

    async def _run(self, statement: str, values: Mapping[str, list[UUID]]) -> int:
        done = await self.session.execute(text(statement), values)
        assert isinstance(done, CursorResult)  # noqa: S101  # for mypy: a statement that writes has no other
        return done.rowcount


def _removing(table: Table, owned: str) -> str:
    """Delete the rows that are not in the new set, or differ there. The names are the code's own."""
    columns = [column.name for column in table.columns]
    old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("old", "new"))
    return (
        f"delete from public.{table.name} as old where {owned} and not exists (select from pg_temp.{table.name} as new "  # noqa: S608
        f"where {_same_key(table)} and row({new}) is not distinct from row({old}))"
    )


def _adding(table: Table, owned: str) -> str:
    """Insert the rows of the new set that are missing."""
    columns = ", ".join(column.name for column in table.columns)
    return (
        f"insert into public.{table.name} ({columns}) select {columns} from pg_temp.{table.name} as new "  # noqa: S608
        f"where {owned} and not exists (select from public.{table.name} as old where {_same_key(table)})"
    )


def _same_key(table: Table) -> str:
    return " and ".join(f"old.{column.name} = new.{column.name}" for column in table.primary_key)


@asynccontextmanager
async def shadow(url: str, projection: Projection) -> AsyncIterator[Shadow]:
    """A shadow on a connection of its own; its rows are lost with the connection."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        poolclass=NullPool,
        connect_args={"server_settings": _READ_ONLY},
        hide_parameters=True,
    )
    try:
        async with engine.connect() as connection:
            made = Shadow(connection, projection)
            await made.make()
            yield made
    finally:
        await engine.dispose()
