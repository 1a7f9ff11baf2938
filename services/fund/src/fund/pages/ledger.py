"""The ledger on the pages: incomes, entries with both sides, accounts (F6, F7; FU-4, FU-5)."""

from staffui.choosing import one_of
from staffui.pages import Facts, Form, List, Object, Start, shown

from fund.answers import AccountAnswer, EntryAnswer, IncomeAnswer, PostingAnswer
from fund.domain.ledger import ACCOUNTS as NAMES
from fund.domain.ledger import ENTRY, INCOME_SOURCES

INCOMES = List(
    "/incomes",
    "/api/incomes",
    IncomeAnswer,
    shown(IncomeAnswer, "document source amount_qepik:money court_document effective_at recorded_at"),
    ordered="recorded_at",
    filters={"source": INCOME_SOURCES},
    opens="/incomes/{id}",
    begins=(
        Start("/incomes/new", "act.entry.receive_income", Form(choices={"source": one_of("source", INCOME_SOURCES)})),
    ),
)
INCOME_PAGE = Object(
    "/incomes/{income_id}",
    "/api/incomes/{income_id}",
    IncomeAnswer,
    None,
    back="/incomes",
    cards=(
        Facts(
            "received",
            shown(
                IncomeAnswer,
                "source amount_qepik:money document court_document entry_id:link:/entries/{id}"
                " effective_at recorded_at",
            ),
            known_only=True,
        ),
    ),
    has_past=False,
)
ENTRIES = List(
    "/entries",
    "/api/entries",
    EntryAnswer,
    shown(EntryAnswer, "recorded_at kind state:tag:entry amount_qepik:money document effective_at"),
    ordered="recorded_at",
    filters={"account": NAMES},
    opens="/entries/{id}",
    machine=ENTRY,
)
ACCOUNTS = List(
    "/accounts",
    "/api/accounts",
    AccountAnswer,
    shown(AccountAnswer, "name balance_qepik:money"),
    opens="/entries?account={name}",
)
ENTRY_PAGE = Object(
    "/entries/{entry_id}",
    "/api/entries/{entry_id}",
    EntryAnswer,
    ENTRY,
    back="/entries",
    cards=(
        Facts(
            "entry",
            shown(
                EntryAnswer,
                "kind document claim_id:link:/claims/{id} reverses:link:/entries/{id} reversed_by:link:/entries/{id}"
                " effective_at recorded_at",
            ),
            known_only=True,
        ),
    ),
    tables={"postings": Facts("postings", shown(PostingAnswer, "account amount_qepik:money"))},
    has_past=False,
    grave=("reverse_entry",),
)
