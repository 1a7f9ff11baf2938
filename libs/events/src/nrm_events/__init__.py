"""Contracts of the events that the mechanism's services publish. An agency installs this package alone."""

from nrm_events.agencies import agency_topic
from nrm_events.base import Event
from nrm_events.catalogue import (
    AGENCY_MESSAGES,
    EARLIER,
    EVENTS,
    EVERY,
    SERVICES,
    TOPICS,
    dead_letter_topic,
    partitions_of,
)
from nrm_events.envelope import Envelope, EnvelopeError, from_message, to_message

__all__ = [
    "AGENCY_MESSAGES",
    "EARLIER",
    "EVENTS",
    "EVERY",
    "SERVICES",
    "TOPICS",
    "Envelope",
    "EnvelopeError",
    "Event",
    "agency_topic",
    "dead_letter_topic",
    "from_message",
    "partitions_of",
    "to_message",
]
