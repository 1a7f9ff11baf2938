"""`migrate`: the service's own migrations, run as the database's owner; then what the runtime role may do, anew."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from chassis.locks import Lock
from chassis.schema import LATER
from chassis.service import Service
from chassis.sql import load

_APPEND_ONLY = ("audit_entry", "witnessed_head")  # rows that the runtime role may add and read only

# Every row of the outbox is deleted moments after it came: vacuum by number, whatever the size of the table.
_TUNED = "alter table outbox set (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0)"


def upgrade(service: Service, owner_url: str, runtime_role: str) -> None:
    """Bring the database to the newest version. Safe to run again and again; two at once wait for each other."""
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": Lock.MIGRATION})
            migrate(service, connection)
            for statement in (*LATER, _TUNED, load("temporary_last")):
                connection.exec_driver_sql(statement)
            _grant(service, connection, runtime_role)
    finally:
        engine.dispose()


def migrate(service: Service, connection: Connection, revision: str = "head") -> None:
    """The service's own migrations up to this revision, in the transaction of the connection."""
    config = Config()
    config.set_main_option("script_location", "chassis:migrations")
    config.set_main_option("version_locations", str(service.package / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = service.metadata
    command.upgrade(config, revision)


def _grant(service: Service, connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    database = connection.dialect.identifier_preparer.quote(str(connection.scalar(text("select current_database()"))))
    connection.execute(text(f"grant temporary on database {database} to {quoted}"))
    connection.execute(text(f"grant usage on schema public to {quoted}"))
    connection.execute(text(f"grant select, insert, update, delete on all tables in schema public to {quoted}"))
    connection.execute(text(f"grant usage on all sequences in schema public to {quoted}"))
    for table in (*_APPEND_ONLY, *service.append_only):
        connection.execute(text(f"revoke update, delete, truncate on {table} from {quoted}"))
    connection.execute(text(f"revoke insert, update, delete, truncate on audit_head from {quoted}"))
    connection.execute(text(f"revoke insert, update, delete, truncate on alembic_version from {quoted}"))


def role_of(url: str) -> str:
    """The role in a database URL."""
    return make_url(url).username or ""
