"""What operators watch, at `/metrics`. No label says anything about a person or a case."""

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_SENT = Counter("nrm_outbox_sent_total", "Events sent to the bus")
OUTBOX_DEPTH = Gauge("nrm_outbox_depth", "Events that wait to be sent")
OUTBOX_AGE = Gauge("nrm_outbox_oldest_seconds", "Age of the oldest event that waits to be sent")
INBOX_APPLIED = Counter("nrm_inbox_applied_total", "Events applied", ["type"])
INBOX_SKIPPED = Counter("nrm_inbox_skipped_total", "Events of a type that this service does not use", ["reason"])
PARKED_CASES = Gauge("nrm_parked_cases", "Cases of which an event could not be applied")
PARKED = Gauge("nrm_parked_events", "Events that are parked or wait behind a parked one")
REQUESTS = Histogram("nrm_http_request_seconds", "Requests by action and status", ["action", "status"])
