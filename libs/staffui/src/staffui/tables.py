"""Sessions and drafts. A session is found by a digest: what stands in the database opens none."""

from datetime import datetime

from sqlalchemy import ARRAY, DateTime, LargeBinary, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), bytes: LargeBinary, str: Text}  # noqa: RUF012


class StaffSession(Base):
    """`realm_session` is Keycloak's, which ends this one. `tokens` are sealed. `notice` is shown once."""

    __tablename__ = "staff_session"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    sub: Mapped[str]
    agency: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    role: Mapped[str | None]
    person: Mapped[str]
    realm_session: Mapped[str]
    client: Mapped[str]
    tokens: Mapped[bytes]
    token_until: Mapped[datetime]
    began_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    notice: Mapped[str | None]


class Draft(Base):
    """What somebody typed and has not sent; `form` is the address of the form, `sealed` its fields."""

    __tablename__ = "draft"
    sub: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]
