"""Contracts of the events that the mechanism's services publish. An agency installs this package alone."""

from nrm_events.base import Event
from nrm_events.catalogue import EARLIER, EVENTS, SERVICES, TOPICS, dead_letter_topic, partitions_of
from nrm_events.envelope import Envelope, EnvelopeError, from_message, to_message

__all__ = [
    "EARLIER",
    "EVENTS",
    "SERVICES",
    "TOPICS",
    "Envelope",
    "EnvelopeError",
    "Event",
    "dead_letter_topic",
    "from_message",
    "partitions_of",
    "to_message",
]
