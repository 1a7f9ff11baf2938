"""Certificates of removal bars have a number, an issuer and a code to verify them by."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""create table certificate (id uuid not null, number text not null, verification text not null,
      bar_id uuid not null, case_id uuid not null, agency text not null, until timestamptz, issued_by text not null,
      issued_at timestamptz not null, constraint pk_certificate primary key (id),
      constraint uq_certificate_number unique (number),
      constraint uq_certificate_bar_id_agency_until unique nulls not distinct (bar_id, agency, until),
      constraint fk_certificate_bar_id foreign key (bar_id) references bar (id))""")
