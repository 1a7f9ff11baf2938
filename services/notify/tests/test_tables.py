"""What the database itself holds to, and that the mapping and the migration are one."""

from uuid import uuid4

import pytest
from chassis import audit_walk
from chassis.errors import NotPossible
from notify.tables import Base
from sqlalchemy import text
from staffui.tables import Base as StaffPages

from .givens import Scene


async def test_the_mapping_is_what_the_migration_made(scene: Scene) -> None:
    rows = await scene.rows(
        "select table_name, column_name, is_nullable from information_schema.columns where table_schema = 'public'"
    )
    made = {(row.table_name, row.column_name): row.is_nullable == "YES" for row in rows}
    mapped = {
        (table.name, column.name): column.nullable
        for base in (Base, StaffPages)
        for table in base.metadata.tables.values()
        for column in table.columns
    }
    assert {key: value for key, value in made.items() if key[0] != "alembic_version"} == mapped


async def test_no_column_can_hold_an_address_or_a_text_of_a_message(scene: Scene) -> None:
    """NO-1, NO-2, by construction."""
    names = {column.name for mapper in Base.registry.mappers for column in mapper.local_table.columns}
    assert not names & {"address", "phone", "email", "text", "body", "name", "language", "channel"}


async def test_no_column_field_or_code_knows_of_cooperation(scene: Scene) -> None:
    """ID-11."""
    names = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    assert not [name for name in names if "cooperat" in name or "assist" in name]


async def test_two_clocks_of_a_kind_never_run_for_one_object(scene: Scene) -> None:
    """NO-3: the database refuses the second, whatever races."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    copy = (
        "insert into clock select :id, case_id, kind, object_id, state, started_at, recorded_at, due_at, warn_at,"
        " breach_at, look_at, duty_agency, duty_role, breached_at, escalate_at, ended_at, entered_late, version"
        " from clock"
    )
    with pytest.raises(NotPossible, match="clock_runs"):
        await scene.rows(copy + " returning id", id=uuid4())


async def test_the_audit_chain_of_a_busy_day_is_unbroken(scene: Scene) -> None:
    await scene.case_opens()
    await scene.bench.receives(scene.referred(), scene.identified())
    await scene.sender().send_due()
    async with scene.bench.session() as session:
        assert await audit_walk.verify(session) is None
        assert await session.scalar(text("select count(*) from audit_entry")) >= 3
