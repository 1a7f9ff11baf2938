"""The ledger, statements and the year over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chassis import http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page
from chassis.rights import Who, right
from fastapi import Path, Query

from fund import schemas
from fund.queries import ledger as views
from fund.schemas import EntryAnswer, IncomeAnswer
from fund.use_cases import ledger

commands = http.commands()
reads = http.reads()
_FIRST, _LAST = date(2000, 1, 1), date(2199, 12, 31)
Year = Annotated[int, Path(ge=2000, le=2199)]
Code = Annotated[str | None, Query(max_length=64)]


@commands.post("/api/incomes", status_code=201, **right("receive_income"))
async def receive_income(body: schemas.IncomeReceipt, who: Who, session: Session, now: Now) -> IncomeAnswer:
    """Book money received, with its source and document (FU-4)."""
    return views.show_income(await ledger.receive_income(session, who, now, body))


@reads.get("/api/incomes", **right("see_incomes"))
async def list_incomes(
    session: Session, source: Code = None, limit: Limit = 50, after: After = None
) -> Page[IncomeAnswer]:
    items, following = await views.list_incomes(session, source=source, limit=limit, after=after)
    return Page(items=items, next=following)


@reads.get("/api/incomes/{income_id}", **right("see_incomes"))
async def read_income(income_id: UUID, session: Session) -> IncomeAnswer:
    return views.show_income(await views.find_income(session, income_id))


@reads.get("/api/balance", **right("see_balance"))
async def read_balance(session: Session, now: Now) -> schemas.BalanceAnswer:
    """Money at the bank, reserved and free (FU-5)."""
    return await views.show_balance(session, now)


@reads.get("/api/accounts", **right("see_accounts"))
async def read_accounts(session: Session) -> Page[schemas.AccountAnswer]:
    return Page(items=await views.list_accounts(session))


@reads.get("/api/entries", **right("see_entries"))
async def list_entries(
    who: Who,
    session: Session,
    account: Code = None,
    claim_id: UUID | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[EntryAnswer]:
    items, following = await views.list_entries(
        session, who, account=account, claim_id=claim_id, limit=limit, after=after
    )
    return Page(items=items, next=following)


@reads.get("/api/entries/{entry_id}", **right("see_entries"))
async def read_entry(entry_id: UUID, who: Who, session: Session) -> EntryAnswer:
    return await views.show_entry(session, who, await views.find_entry(session, entry_id))


@commands.post("/api/entries/{entry_id}/reversal", status_code=201, **right("reverse_entry"))
async def reverse_entry(entry_id: UUID, body: schemas.Command, who: Who, session: Session, now: Now) -> EntryAnswer:
    """Correct an entry by a new one that points at it (FU-5)."""
    return await views.show_entry(session, who, await ledger.reverse_entry(session, who, now, entry_id, body))


@reads.get("/api/statements", **right("see_statement"))
async def read_statement(
    session: Session,
    now: Now,
    first: Annotated[date, Query(alias="from", ge=_FIRST, le=_LAST, examples=["2024-01-01"])],
    last: Annotated[date, Query(alias="to", ge=_FIRST, le=_LAST, examples=["2024-12-31"])],
) -> schemas.StatementAnswer:
    """Public: income by source, payments by use; groups under the threshold hidden (FU-10)."""
    return await views.make_statement(session, now, first, last)


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def read_statistics(year: Year, session: Session) -> schemas.YearAnswer:
    """The year's payments, by the day they took effect in Baku."""
    return await views.year_figures(session, year)
