"""Which rows a list shows: one query model for all lists, and pages by key."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from chassis.paging import page
from chassis.unit_of_work import UnitOfWork
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from repatriation.facts.visibility import Row, shown
from repatriation.tables import Bar, Permit

Code = Annotated[str | None, Field(pattern=r"^[a-z_]{1,40}$")]


class Wanted(BaseModel):
    """Filters of a list, and its page."""

    model_config = ConfigDict(frozen=True)

    limit: int = Field(default=50, ge=1, le=200, description="Rows on a page")
    after: UUID | None = Field(default=None, description="`next` of the page before")
    case_id: UUID | None = None
    state: Code = None


class WantedToReExamine(Wanted):
    """The same, and whether the object waits for re-examination (ID-9)."""

    re_examine: bool | None = None


async def page_of(uow: UnitOfWork, table: type[Row], wanted: Wanted, *, for_: str) -> tuple[Sequence[Row], UUID | None]:
    """Rows that the actor may see, newest first, and the key of the next page."""
    found = select(table).where(shown(uow, table, for_=for_))
    if wanted.case_id:
        found = found.where(table.case_id == wanted.case_id)
    if wanted.state:
        found = found.where(table.state == wanted.state)
    if isinstance(wanted, WantedToReExamine) and wanted.re_examine is not None and issubclass(table, Bar | Permit):
        found = found.where(table.re_examine.is_(wanted.re_examine))
    return await page(uow.session, found, table.id, limit=wanted.limit, after=wanted.after)
