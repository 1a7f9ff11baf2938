"""The staff pages of the Fund: claims by three persons, payments, the ledger, the year's figures (F1–F7)."""

from staffui.pages import Figures, Pages, Part, shown

from fund.answers import BalanceAnswer
from fund.pages import claims, ledger, statements

PAGES = Pages(
    lists=(claims.CLAIMS, ledger.INCOMES, ledger.ENTRIES, ledger.ACCOUNTS),
    objects=(claims.CLAIM_PAGE, ledger.INCOME_PAGE, ledger.ENTRY_PAGE),
    reports=(statements.STATEMENT, statements.YEAR),
    figures=(
        Figures(
            "balance",
            "/api/balance",
            BalanceAnswer,
            shown(BalanceAnswer, "free_qepik:money reserved_qepik:money bank_qepik:money waiting_qepik:money as_of"),
        ),
    ),
    start=(
        Part("claims_to_re_examine", claims.CLAIMS, {"re_examine": "true"}, right="settle_re_examination"),
        Part("failed_payments", claims.CLAIMS, {"state": "failed"}, right="reserve"),
        Part("returned_payments", claims.CLAIMS, {"state": "returned"}, right="amend"),
        Part("to_approve", claims.CLAIMS, {"state": "submitted", "mine": "false"}, right="approve"),
        Part("to_approve_second", claims.CLAIMS, {"state": "second_approval", "mine": "false"}, right="approve"),
        Part("appeals_to_decide", claims.CLAIMS, {"state": "appealed"}, right="decide_appeal"),
        Part("to_release", claims.CLAIMS, {"state": "reserved"}, right="release"),
        Part("waiting_for_money", claims.CLAIMS, {"state": "approved"}, right="reserve"),
        Part("at_the_bank", claims.CLAIMS, {"state": "ordered"}, right="confirm"),
        Part("to_complete", claims.CLAIMS, {"state": "info_needed"}, right="submit"),
        Part("drafts_to_submit", claims.CLAIMS, {"state": "draft"}, right="submit"),
        Part("newest_incomes", ledger.INCOMES, right="receive_income"),
        Part("claims_of_ours", claims.CLAIMS),
    ),
)
