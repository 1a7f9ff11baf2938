"""Which rows a list shows, and which page of them: one query model per list."""

from typing import Annotated
from uuid import UUID

from chassis.paging import Order
from pydantic import BaseModel, Field

from fund.answers import Kind

Code = Annotated[str | None, Field(max_length=64)]


class Paging(BaseModel):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=200, description="Rows on a page")] = 50
    after: Annotated[UUID | None, Field(description="`next` of the page before")] = None
    order: Order = "newest"


class CaseFilter(BaseModel):
    """Which case."""

    case_ref: str = Field(max_length=32, description="As people write it", examples=["K7F3-XA9M"])


class ClaimFilter(Paging):
    """Claims of one case, kind or state, or all that you may see."""

    case_id: UUID | None = None
    kind: Kind | None = None
    state: Code = None
    re_examine: bool | None = None
    mine: Annotated[bool | None, Field(description="Whether you wrote, requested, approved or released it")] = None


class IncomeFilter(Paging):
    """Incomes of one source, or all."""

    source: Code = None


class EntryFilter(Paging):
    """Entries of one account or one claim, or all."""

    account: Code = None
    claim_id: UUID | None = None
