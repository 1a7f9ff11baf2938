"""What the database refuses whoever writes: the ledger, three persons, whose a claim is: FU-1, FU-5, FU-6."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg
from chassis.testing import Stack
from fund.domain.claims import Terms
from fund.domain.ledger import ACCOUNTS
from fund.tables import Base
from sqlalchemy import text
from sqlalchemy.engine import make_url

from .givens import Desk
from .test_ledger import returned_by_bank

SERVICE_TABLES = (
    "account", "entry", "posting", "income", "opened_case", "recognition", "claim", "payment_order", "paper"
)  # fmt: skip
ENTRY = "insert into entry (id, kind, claim_id, effective_at, recorded_by) values ('{0}', '{1}', {2}, now(), 'x')"
SIDES = "insert into posting (entry_id, account, amount_qepik) values ('{0}', '{1}', {3}), ('{0}', '{2}', {4})"

EDIT = "update claim set {0}"
ORDER_EDIT = "update payment_order set {0}"
RELEASED_BY = "update claim set released_by = '{0}'"


async def as_role(desk: Desk, statements: Sequence[str], role: str = "postgres") -> str | None:
    """Run raw SQL as the runtime role (`postgres`) or the owner (`postgres_owner`); its error, or None."""
    stored = Stack.running().endpoints[role]["fund"]
    url = make_url(stored).set(database=make_url(desk.bench.settings.database_url).database)
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    except asyncpg.PostgresError as error:
        return error.constraint_name or type(error).__name__
    finally:
        await connection.close()
    return None


def entry(kind: str, debit: str, credit: str, amount: int, credited: int | None = None) -> list[str]:
    id_ = uuid4()
    claim = f"'{uuid4()}'" if kind != "income" else "null"
    return [
        ENTRY.format(id_, kind, claim),
        SIDES.format(id_, debit, credit, amount, -(amount if credited is None else credited)),
    ]


async def test_an_entry_that_does_not_sum_to_zero_never_commits_fu_5(desk: Desk) -> None:
    crooked = entry("income", "bank.free", "income.grant", 100, 99)
    assert await as_role(desk, crooked) == "entry_sums_to_zero"
    assert await as_role(desk, crooked[:1]) == "entry_sums_to_zero"
    assert await as_role(desk, entry("income", "bank.free", "income.grant", 100)) is None


async def test_nothing_is_added_to_an_older_entry_fu_5(desk: Desk) -> None:
    booked = entry("income", "bank.free", "income.grant", 100)
    assert await as_role(desk, booked) is None
    id_ = booked[0].split("'")[1]
    more = SIDES.format(id_, "bank.reserved", "income.donation", 5, -5)
    assert await as_role(desk, [more]) == "posting_of_an_older_entry"


async def test_the_database_itself_refuses_to_overdraw_fu_5(desk: Desk) -> None:
    await desk.income(100)
    assert await as_role(desk, entry("reservation", "bank.reserved", "bank.free", 101)) == "ck_account_never_overdrawn"
    assert (
        await as_role(desk, entry("payment", "expense.allowance", "bank.reserved", 1)) == "ck_account_never_overdrawn"
    )
    assert await desk.balance() == (100, 0, 100)


CHANGES = ("update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade")
COLUMNS = {"entry": "document", "posting": "amount_qepik", "income": "amount_qepik", "account": "name"}


async def test_the_ledger_is_append_only_for_the_service_and_its_owner_fu_5(desk: Desk) -> None:
    await desk.income(100)
    for table, column in COLUMNS.items():
        for change in CHANGES:
            statement = [change.format(table, column)]
            assert await as_role(desk, statement) == "InsufficientPrivilegeError", statement
            if (table, change[:6]) != ("account", "update"):  # the owner's trigger moves balances
                refused = await as_role(desk, statement, role="postgres_owner")
                assert refused in ("RestrictViolationError", "account_is_complete"), statement


async def test_the_service_cannot_make_an_account_fu_5(desk: Desk) -> None:
    made = await as_role(desk, ["insert into account values ('bank.secret', 10)"])
    assert made == "account_is_complete"
    async with desk.bench.session() as session:
        stored = set(await session.scalars(text("select name from account")))
    assert stored == set(ACCOUNTS)


def approved_claim(requester: str, approver: str, digest: str | None = None, **terms: Any) -> str:
    claim_id = uuid4()
    right = Terms(claim_id, "needs_grant", "other", 5, "person", None).digest()
    return (  # the ids and codes are the test's own
        "insert into claim (id, case_id, kind, purpose, state, amount_qepik, payee, written_by, written_by_agency,"  # noqa: S608
        " requested_by, approved_by, approved_digest, effective_at) values"
        f" ('{claim_id}', '{claim_id}', 'needs_grant', 'other', 'approved', 5, 'person', 'writer', 'fund',"
        f" '{requester}', '{approver}', '{digest or right}', now())"
    )


async def test_requester_as_approver_is_refused_by_the_database_itself_fu_6(desk: Desk) -> None:
    assert await as_role(desk, [approved_claim("a", "a")]) == "ck_claim_three_persons"
    assert await as_role(desk, [approved_claim("a", "writer")]) == "ck_claim_three_persons"
    stored = approved_claim("a", "b")
    for releaser in ("a", "b", "writer"):
        change = RELEASED_BY.format(releaser)
        assert await as_role(desk, [stored, change]) == "ck_claim_three_persons"
    assert await as_role(desk, [stored, "update claim set released_by = 'c'"]) is None


async def test_no_edit_survives_under_an_approval_in_the_database_fu_6(desk: Desk) -> None:
    changes = ("amount_qepik = 6", "payee = 'representative'", "document = 'X-1'", "purpose = 'medicine'")
    for change in (*changes, "payee_revision = 1"):
        edit = EDIT.format(change)
        assert await as_role(desk, [approved_claim("a", "b"), edit]) == "ck_claim_approval_binds", change
    assert await as_role(desk, [approved_claim("a", "b", digest="0" * 64)]) == "ck_claim_approval_binds"


async def test_who_rejected_does_not_approve_on_appeal_in_the_database_fu_6(desk: Desk) -> None:
    rejected = EDIT.format("rejected_by = 'b'")
    assert await as_role(desk, [approved_claim("a", "b"), rejected]) == "ck_claim_appeal_by_another"
    assert await as_role(desk, [approved_claim("a", "c"), rejected]) is None


async def test_no_more_is_recovered_than_was_paid_in_the_database_fu_3(desk: Desk) -> None:
    more = EDIT.format("recovered_qepik = 1")
    assert await as_role(desk, [approved_claim("a", "b"), more]) == "claim_recovers_what_was_paid"
    paid = EDIT.format("overpaid_qepik = 1")
    assert await as_role(desk, [approved_claim("a", "b"), paid, more]) is None


async def test_a_claim_is_never_deleted(desk: Desk) -> None:
    gone = await as_role(desk, [approved_claim("a", "b"), "delete from claim"])
    assert gone == "RestrictViolationError"


async def test_no_payment_stands_beside_another_in_the_database_fu_1(desk: Desk) -> None:
    """FU-5, FU-7: a payment without a return before it, a return twice, a payment twice after it: all refused."""
    await desk.income(2_000)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    await desk.approved(await desk.needs_grant(await desk.recognised_case()))  # money to be spent wrongly
    (paid,) = await entries_of(desk, claim, "payment")
    assert await as_role(desk, chained(claim, "payment")) == "uq_entry_payment_of_claim"
    assert await as_role(desk, chained(claim, "payment", repays=paid)) == "entry_points_at_its_kind"
    assert (await returned_by_bank(desk, claim)).is_success
    (returned,) = await entries_of(desk, claim, "payment_returned")
    assert await as_role(desk, chained(claim, "payment_returned", reverses=paid)) == "uq_entry_reverses"
    assert await as_role(desk, chained(claim, "payment_returned", reverses=returned)) == "entry_points_at_its_kind"
    other = {"id": str(uuid4())}
    assert await as_role(desk, chained(other, "payment", repays=returned)) == "fk_entry_repays_of_claim"
    assert await as_role(desk, chained(claim, "payment", repays=returned)) is None
    assert await as_role(desk, chained(claim, "payment", repays=returned)) == "uq_entry_payment_of_claim"


async def entries_of(desk: Desk, claim: dict[str, Any], kind: str) -> list[str]:
    found = (await desk.accountant.get_ok("/api/entries", claim_id=claim["id"]))["items"]
    return [entry["id"] for entry in found if entry["kind"] == kind]


def chained(claim: dict[str, Any], kind: str, **points_at: str) -> list[str]:
    """A payment or its return as raw SQL."""
    id_, (column, other) = uuid4(), next(iter(points_at.items()), ("document", "D-1"))
    sides = ("expense.needs_grant", "bank.reserved")
    debit, credit = sides if kind == "payment" else sides[::-1]
    return [
        f"insert into entry (id, kind, claim_id, effective_at, recorded_by, {column})"  # noqa: S608  our own names
        f" values ('{id_}', '{kind}', '{claim['id']}', now(), 'x', '{other}')",
        SIDES.format(id_, debit, credit, 1, -1),
    ]


async def test_the_tables_are_mapped_as_they_are(desk: Desk) -> None:
    """Every mapped column exists with its nullability; the database alone knows which transaction made an entry."""
    found = text(
        "select table_name || '.' || column_name, is_nullable = 'YES' from information_schema.columns"
        " where table_schema = 'public'"
    )
    async with desk.bench.session() as session:
        stored = dict((await session.execute(found)).tuples().all())
    own = {table: Base.metadata.tables[table] for table in SERVICE_TABLES}
    mapped = {f"{name}.{column.name}": column.nullable for name, table in own.items() for column in table.columns}
    stored = {name: null for name, null in stored.items() if name.partition(".")[0] in own}
    assert stored == mapped | {"entry.made_in": False}


async def test_whose_claim_it_is_never_changes_in_the_database_fu_6(desk: Desk) -> None:
    """FU-6: the payee is the person of the case, the decision a recognition: neither moves under an approval."""
    stored = approved_claim("a", "b")
    for change in ("case_id", "recognition_id", "id"):
        edit = EDIT.format(f"{change} = '{uuid4()}'")
        assert await as_role(desk, [stored, edit]) == "claim_is_of_its_case", change
    assert await as_role(desk, [stored, EDIT.format("kind = 'allowance', purpose = null")]) == "claim_is_of_its_case"


async def test_an_order_stays_as_it_was_released_in_the_database_fu_6(desk: Desk) -> None:
    await desk.income(500)
    await desk.ordered(await desk.needs_grant(await desk.recognised_case()))
    for change in ("amount_qepik = 501", "released_by = 'x'", f"claim_id = '{uuid4()}'"):
        edited = await as_role(desk, [ORDER_EDIT.format(change)])
        assert edited == "payment_order_is_as_released", change
    assert await as_role(desk, [ORDER_EDIT.format("outcome = 'failed', failure_reason = 'not_collected'")]) is None
