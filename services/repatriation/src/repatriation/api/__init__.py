"""HTTP to use case, a few lines each."""

from repatriation.api import bars, certificates, permit_decisions, permits, returns, statistics

ROUTERS = (
    bars.commands,
    bars.reads,
    certificates.reads,
    permits.commands,
    permits.reads,
    permit_decisions.commands,
    returns.commands,
    returns.reads,
    statistics.reads,
)
