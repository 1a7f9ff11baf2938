"""What a database is sent while a test looks."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from chassis.testing.service import ServiceUnderTest


@contextmanager
def statements(service: ServiceUnderTest) -> Iterator[list[str]]:
    """The statements that the service's database gets meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = service.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
