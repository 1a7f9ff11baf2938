"""Tables that services keep of the mechanism: who may know of which case and why, and who takes part.

Their migrations are in `casework.migrations`; a service calls them from its own.
"""

from chassis.database import service_metadata
from sqlalchemy import Column, DateTime, Index, MetaData, PrimaryKeyConstraint, Table, Text, Uuid

CASEWORK = MetaData()
_MOMENT = DateTime(timezone=True)

case_access = Table(
    "case_access",
    CASEWORK,
    Column("case_id", Uuid, nullable=False),
    Column("agency", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("data_class", Text, nullable=False, server_default=""),
    Column("ref", Uuid, nullable=False, server_default="00000000-0000-0000-0000-000000000000"),
    Column("since", _MOMENT, nullable=False),
    PrimaryKeyConstraint("case_id", "agency", "basis", "about", "data_class", "ref"),
    Index("ix_case_access_agency", "agency", "case_id"),
)

joined_agency = Table(
    "joined_agency",
    CASEWORK,
    Column("code", Text, primary_key=True),
    Column("kind", Text),
    Column("joined_at", _MOMENT, nullable=False),
    Column("removed_at", _MOMENT),
)


def casework_metadata(*more: Table) -> MetaData:
    """Metadata for a service's own tables, with those of chassis and casework, and `more` that some services have."""
    metadata = service_metadata()
    for table in (*CASEWORK.tables.values(), *more):
        table.to_metadata(metadata)
    return metadata
