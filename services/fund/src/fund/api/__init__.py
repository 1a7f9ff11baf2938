"""HTTP to use case, a few lines each. A command answers with the object as it is now and what can be done."""

from fund.api import claims, decisions, ledger, payments, releases, statements

ROUTERS = (
    claims.commands,
    claims.reads,
    decisions.commands,
    payments.commands,
    releases.router,
    ledger.commands,
    ledger.reads,
    statements.reads,
)
