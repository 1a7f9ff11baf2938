"""Which rows a list shows: one query model for all lists, and pages by key."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from chassis.machine import Machine
from chassis.paging import page
from chassis.unit_of_work import UnitOfWork
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from sqlalchemy import case, select

from repatriation.domain.bars import BAR
from repatriation.domain.permits import PERMIT
from repatriation.domain.returns import RETURN
from repatriation.facts.visibility import Row, seen, shown
from repatriation.tables import ThingSeen


def _known(machine: Machine) -> AfterValidator:
    """Only a state of this machine: a filter that matches nothing would look like an empty list."""

    def check(state: str) -> str:
        if state not in machine.states:
            raise ValueError(f"must be one of: {', '.join(machine.states)}")
        return state

    return AfterValidator(check)


def _named(machine: Machine) -> WithJsonSchema:
    """The states as prose: the contract leaves the list open, so that a state may be added."""
    known = f"One of: {', '.join(machine.states)}"
    return WithJsonSchema({"type": "string", "pattern": "^[a-z_]{1,40}$", "description": known})


class Wanted(BaseModel):
    """Filters of a list, and its page."""

    model_config = ConfigDict(frozen=True)

    limit: int = Field(default=50, ge=1, le=200, description="Rows on a page")
    after: UUID | None = Field(default=None, description="`next` of the page before")
    case_id: UUID | None = None
    state: str | None = None
    re_examine: bool | None = Field(default=None, description="Whether it waits for re-examination (ID-9)")


class WantedCase(BaseModel):
    """Which case."""

    case_ref: str = Field(max_length=32, description="As people write it", examples=["K7F3-XA9M"])


class WantedBars(Wanted):
    """Filters of the list of bars."""

    state: Annotated[str, _known(BAR), _named(BAR)] | None = None


class WantedPermits(Wanted):
    """Filters of the list of permits."""

    state: Annotated[str, _known(PERMIT), _named(PERMIT)] | None = None


class WantedReturns(Wanted):
    """Filters of the list of returns."""

    state: Annotated[str, _known(RETURN), _named(RETURN)] | None = None


async def page_of(uow: UnitOfWork, table: type[Row], wanted: Wanted, *, for_: str) -> tuple[Sequence[Row], UUID | None]:
    """Rows that the actor may see, newest first, and the key of the next page."""
    row_by_row = case((shown(uow, table, for_=for_), True), else_=False)  # the index is walked until the page is full
    found = select(table).join(ThingSeen, ThingSeen.id == table.id).where(*seen(uow, table), row_by_row)
    if wanted.case_id:
        found = found.where(table.case_id == wanted.case_id)
    if wanted.state:
        found = found.where(ThingSeen.state == wanted.state)
    if wanted.re_examine is not None:
        found = found.where(ThingSeen.re_examine if wanted.re_examine else ~ThingSeen.re_examine)
    return await page(uow.session, found, ThingSeen.id, limit=wanted.limit, after=wanted.after)
