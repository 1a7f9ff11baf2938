"""The ledger over HTTP: incomes, entries, accounts, the balance (FU-4, FU-5)."""

from typing import Annotated
from uuid import UUID

from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from fund.answers import AccountAnswer, BalanceAnswer, EntryAnswer, IncomeAnswer
from fund.commands import ReceiveIncome, ReverseEntry
from fund.resources import Uow
from fund.use_cases import ledger
from fund.views import ledger as views
from fund.views.filters import EntryFilter, IncomeFilter

commands = http.commands()
reads = http.reads()


@commands.post("/api/incomes", status_code=201, **right("receive_income"))
async def receive_income(command: ReceiveIncome, uow: Uow) -> IncomeAnswer:
    """Book money received, with its source and document (FU-4)."""
    return views.show_income(await ledger.receive_income(uow, command))


@reads.get("/api/incomes", **right("see_incomes"))
async def list_incomes(uow: Uow, wanted: Annotated[IncomeFilter, Query()]) -> Page[IncomeAnswer]:
    """Money received, newest first (FU-4)."""
    return await views.list_incomes(uow, wanted)


@reads.get("/api/incomes/{income_id}", **right("see_incomes"))
async def read_income(income_id: UUID, uow: Uow) -> IncomeAnswer:
    """Money received, as it was booked (FU-4)."""
    return await views.read_income(uow, income_id)


@reads.get("/api/balance", **right("see_balance"))
async def read_balance(uow: Uow) -> BalanceAnswer:
    """Money at the bank, reserved and free (FU-5)."""
    return await views.show_balance(uow)


@reads.get("/api/accounts", **right("see_accounts"))
async def read_accounts(uow: Uow) -> Page[AccountAnswer]:
    """Every account with its balance (FU-5)."""
    return await views.list_accounts(uow)


@reads.get("/api/entries", **right("see_entries"))
async def list_entries(uow: Uow, wanted: Annotated[EntryFilter, Query()]) -> Page[EntryAnswer]:
    """Entries of the ledger, newest first (FU-5)."""
    return await views.list_entries(uow, wanted)


@reads.get("/api/entries/{entry_id}", **right("see_entries"))
async def read_entry(entry_id: UUID, uow: Uow) -> EntryAnswer:
    """An entry with both its sides and its links to corrections (FU-5)."""
    return await views.read_entry(uow, entry_id)


@commands.post("/api/entries/{entry_id}/reversal", status_code=201, **right("reverse_entry"))
async def reverse_entry(entry_id: UUID, command: ReverseEntry, uow: Uow) -> EntryAnswer:
    """Correct an entry by a new one that points at it (FU-5)."""
    return await views.show_entry(uow, await ledger.reverse_entry(uow, entry_id, command))
