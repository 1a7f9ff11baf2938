"""HTTP to use case, a few lines each."""

from shelter.api import beginnings, houses, stays, support

ROUTERS = (
    stays.commands,
    stays.reads,
    houses.commands,
    houses.reads,
    support.commands,
    support.reads,
    beginnings.reads,
)
