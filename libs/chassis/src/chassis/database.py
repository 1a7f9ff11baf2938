"""One PostgreSQL database per service, and the transaction that an entry point owns."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg
from sqlalchemy import ColumnElement, MetaData, any_, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import flag_modified, instance_state

from chassis import audit, commit, outbox
from chassis.errors import NotPossible
from chassis.schema import CHASSIS

Value = TypeVar("Value")
# What connecting raises while the server is away or starts; SQLAlchemy passes asyncpg's own errors on from there.
AWAY = (OSError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError)
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock: ended in favour of another
_CONSTRAINTS = "constraints"
RESOURCES = "resources"
_AWAY_STATES = ("08", "53", "57P")  # connection lost, out of connections or room, shut down or starting

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# A statement is planned for what is looked for: a plan made for no agency in particular walks a table for a rare one.
_PLANS = {"plan_cache_mode": "force_custom_plan"}


def service_metadata() -> MetaData:
    """Metadata for a service's own tables, with the chassis' tables beside them."""
    metadata = MetaData(naming_convention=NAMING)
    for table in CHASSIS.tables.values():
        table.to_metadata(metadata)
    return metadata


def among(column: InstrumentedAttribute[Value] | ColumnElement[Value], values: Iterable[Value]) -> ColumnElement[bool]:
    """Whether the column has one of the values: an array, so one prepared statement however many there are.

    PostgreSQL takes no more than 32,767 parameters of a statement, and this is one.
    """
    return column == any_(literal(list(values), ARRAY(column.type)))


def is_away(error: Exception) -> bool:
    """Whether the database was unavailable, so that the same statement may succeed later."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_AWAY_STATES)
    return isinstance(error, AWAY)


class Database:
    """`constraints` names what a violated constraint means to a person: constraint name → (code, sentence)."""

    def __init__(self, url: str, constraints: Mapping[str, tuple[str, str]] | None = None, pool: int = 10) -> None:
        self.url = url
        self._constraints = constraints or {}
        self.engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            query_cache_size=2_000,
            connect_args={"prepared_statement_cache_size": 500, "server_settings": _PLANS},
            hide_parameters=True,  # an error's text never repeats personal data
        )
        self.resources: object = None  # what the service's use cases find in their unit of work
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.after_commit: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit the change, its audit entries and its events together, or nothing.

        A violated constraint becomes NotPossible with the code that the service gave it.
        """
        async with self._sessions(info={RESOURCES: self.resources, _CONSTRAINTS: self._constraints}) as session:
            try:
                yield session
                await session.flush()
                published = await commit.write(session)
                await session.commit()
            except IntegrityError as error:
                if explained := _explained(error, self._constraints):
                    raise explained from error
                raise
        if published:
            self.after_commit()

    async def is_reachable(self) -> bool:
        async with self.engine.connect() as connection:
            return bool(await connection.scalar(text("select 1")))

    async def close(self) -> None:
        await self.engine.dispose()


def _explained(error: IntegrityError, constraints: Mapping[str, tuple[str, str]]) -> NotPossible | None:
    name = getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None
    explained = constraints.get(name) if name else None
    return NotPossible(*explained) if explained else None


def update_alike(rows: Iterable[object]) -> None:
    """Let one statement update these rows of a table, however differently they were changed.

    Each changed row writes every column that any of them changed: the rows or their cases must be locked.
    """
    changed = [row for row in rows if instance_state(row).modified]
    names = sorted({name for row in changed for name in instance_state(row).committed_state})
    for row in changed:
        for name in names:
            flag_modified(row, name)


@asynccontextmanager
async def attempt(session: AsyncSession) -> AsyncIterator[None]:
    """Rows, events and audit of the block happen wholly or not at all; the transaction goes on either way.

    A violated constraint becomes NotPossible here too.
    """
    before: dict[str, object] = {name: list(session.info.get(name, ())) for name in (outbox.PENDING, audit.PENDING)}
    locked = set(session.info.get(outbox.LOCKED, ()))
    try:
        async with session.begin_nested():
            yield
            await session.flush()
    except Exception as error:
        session.info.update(before | {outbox.LOCKED: locked})
        if isinstance(error, IntegrityError) and (explained := _explained(error, session.info[_CONSTRAINTS])):
            raise explained from error
        raise
