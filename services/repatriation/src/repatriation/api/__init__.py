"""HTTP to use case, a few lines each."""

from repatriation.api import bars, cases, certificates, permit_decisions, permits, returns, statistics

ROUTERS = (
    bars.commands,
    bars.reads,
    cases.reads,
    certificates.reads,
    permits.commands,
    permits.reads,
    permit_decisions.commands,
    returns.commands,
    returns.reads,
    statistics.reads,
)
