"""Every event there is, by its type on the wire. Events of today, earlier ones that are still read, and the messages
between agencies' systems and the platform."""

from collections.abc import Iterator
from types import ModuleType

from nrm_events import agencies, earlier, exchange, fund, identification, notify, repatriation, shelter
from nrm_events.base import Event

SERVICES = ("identification", "shelter", "fund", "repatriation", "notify", "exchange")
_PUBLISHERS = (identification, shelter, fund, repatriation, notify, exchange)


def _events_of(module: ModuleType) -> Iterator[type[Event]]:
    """The concrete events: those with a past-tense name of their own, not the bases ending in `Event` or `Facts`."""
    for thing in vars(module).values():
        ours = isinstance(thing, type) and issubclass(thing, Event) and thing.__module__ == module.__name__
        if ours and not thing.__subclasses__():
            yield thing


EVENTS: dict[str, type[Event]] = {event.type_name(): event for module in _PUBLISHERS for event in _events_of(module)}
AGENCY_MESSAGES: dict[str, type[Event]] = {event.type_name(): event for event in _events_of(agencies)}
EARLIER: dict[str, type[Event]] = {event.type_name(): event for event in _events_of(earlier)}
EVERY: dict[str, type[Event]] = EVENTS | EARLIER | AGENCY_MESSAGES
TOPICS: tuple[str, ...] = tuple(f"nrm.{service}" for service in SERVICES)


def dead_letter_topic(consumer: str) -> str:
    """Where the events go that `consumer` had to park; a dot separates the name of one of a service's consumers."""
    return f"nrm.{consumer.partition('.')[0]}.dlq"


def partitions_of(topic: str) -> int:
    """Over how many partitions the keys of a topic are spread. Part of the contract: it never changes for a topic.

    A case stays in its partition, and so in order, even when somebody gives the topic more of them.
    """
    if topic.endswith(".dlq"):
        return 1
    return 3 if topic.startswith("ext.") else 12
