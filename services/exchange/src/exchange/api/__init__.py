"""The exchange over HTTP: agencies, for operators."""

from exchange.api import agencies

ROUTERS = agencies.ROUTERS
