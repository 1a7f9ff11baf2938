"""HTTP to use case, a few lines each."""

from repatriation.api import bars, permits, returns

ROUTERS = (bars.commands, bars.reads, permits.commands, permits.reads, returns.commands, returns.reads)
