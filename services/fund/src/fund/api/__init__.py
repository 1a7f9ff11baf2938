"""HTTP to use case, a few lines each."""

from fund.api import claims, money, releases

ROUTERS = (claims.commands, claims.reads, money.commands, money.reads, releases.router)
