"""What operators watch, at `/metrics`. No label contains anything about a person or a case (docs/operations.md)."""

from prometheus_client import Counter, Gauge, Histogram

BUILD = Gauge("nrm_build_info", "Always 1: what this process runs", ["service", "chassis", "events"])

OUTBOX_SENT = Counter("nrm_outbox_sent_total", "Events sent to the bus")
OUTBOX_DEPTH = Gauge("nrm_outbox_depth", "Events that wait to be sent")
OUTBOX_AGE = Gauge("nrm_outbox_oldest_seconds", "Age of the oldest event that waits to be sent")
RELAY_LEADS = Gauge("nrm_relay_leads", "1 where this process sends the outbox")

CONSUMER_LAG = Gauge("nrm_consumer_lag", "Messages on the bus that are not applied yet", ["topic", "partition"])
CONSUMER_ROUND = Gauge("nrm_consumer_round_timestamp_seconds", "When this process last asked the bus and applied all")
INBOX_APPLIED = Counter("nrm_inbox_applied_total", "Events applied", ["type"])
INBOX_SKIPPED = Counter("nrm_inbox_skipped_total", "Events of a type that this service does not use", ["reason"])
INBOX_FAILED = Counter("nrm_inbox_failed_total", "Tries to apply an event that failed", ["error_code"])
INBOX_PARKED = Counter("nrm_inbox_parked_total", "Events parked; behind_another: those that queue", ["error_code"])
INBOX_RETRIED = Counter("nrm_inbox_retried_total", "Tries of parked events: applied, failed", ["outcome"])
PARKED_CASES = Gauge("nrm_parked_cases", "Cases of which an event could not be applied")
PARKED = Gauge("nrm_parked_events", "Events that are parked or wait behind a parked one")

BUS_REACHABLE = Gauge("nrm_bus_reachable", "Whether the broker took a connection just now")
INTERRUPTED = Counter("nrm_interrupted_total", "Rounds that ended with an error and are tried again", ["part"])
TICKED = Gauge("nrm_tick_timestamp_seconds", "When the clocks last ran in this process")
AUDIT_BROKEN = Gauge("nrm_audit_broken", "1 where a link of the audit chains is broken")
AUDIT_VERIFIED = Gauge("nrm_audit_verified_timestamp_seconds", "When the audit chains were last walked to their ends")
AUDIT_CONTRADICTED = Gauge("nrm_audit_contradicted", "1 where the audit contradicts what another service has of it")
AUDIT_WITNESSED = Gauge("nrm_audit_witnessed_timestamp_seconds", "When another service last took the audit's heads")
UNREADABLE = Counter("nrm_unreadable_records_total", "Tries to open a sealed record that failed")
RATE_LIMITED = Counter("nrm_rate_limited_total", "Requests refused because their limit was reached", ["limit"])
REQUESTS = Histogram("nrm_http_request_seconds", "Requests by action and status", ["action", "status"])

for _part in ("consumer", "relay", "tick"):
    INTERRUPTED.labels(_part)  # a counter that is there from the start shows its first rise
for _limit in ("person", "readings", "service", "sign_ins"):
    RATE_LIMITED.labels(_limit)
for _outcome in ("applied", "failed"):
    INBOX_RETRIED.labels(_outcome)
