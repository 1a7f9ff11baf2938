"""HTTP to use case, a few lines each."""

from shelter.api import aftercare, houses, stays

ROUTERS = (stays.commands, stays.reads, houses.commands, houses.reads, aftercare.commands, aftercare.reads)
