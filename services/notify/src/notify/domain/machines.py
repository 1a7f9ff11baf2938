"""The two state machines of notify, one table each."""

from chassis.machine import Machine

CLOCK = Machine(
    name="clock",
    start="running",
    transitions={
        ("running", "approach"): "approaching",
        ("running", "breach"): "breached",
        ("running", "meet"): "met",
        ("running", "meet_without_identity"): "met_without_identity",
        ("running", "extend"): "running",
        ("running", "cancel"): "ended",
        ("approaching", "breach"): "breached",
        ("approaching", "meet"): "met",
        ("approaching", "meet_without_identity"): "met_without_identity",
        ("approaching", "extend"): "running",
        ("approaching", "cancel"): "ended",
        ("breached", "meet"): "met",  # entered late: the act itself was in time
        ("breached", "meet_late"): "met_late",
        ("breached", "meet_without_identity"): "met_without_identity",
        ("breached", "extend"): "running",
        ("breached", "cancel"): "ended",
    },
)
"""NO-3. A breach is a flag: whatever the clock waits for stays possible, and late differs from in time.

`met_without_identity`: the duty to report was met by a notice without the name (ID-7).
"""

CLOCK_OPEN = ("running", "approaching", "breached")

NOTIFICATION = Machine(
    name="notification",
    start="queued",
    transitions={
        ("queued", "claim"): "claimed",
        ("queued", "skip"): "skipped",
        ("claimed", "postpone"): "queued",
        ("claimed", "withhold"): "withheld",
        ("claimed", "skip"): "skipped",  # the case ended meanwhile
        ("claimed", "begin"): "sending",
        ("claimed", "lapse"): "queued",  # the sender died before it sent anything
        ("claimed", "fail"): "failed",  # identification stayed silent too long, or the outcome is unknown too often
        ("sending", "accept"): "sent",
        ("sending", "retry"): "queued",
        ("sending", "fail"): "failed",
        ("sending", "lapse"): "queued",  # the sender died; whether it was sent is not known, so it is counted
        ("sent", "confirm"): "delivered",
        ("sending", "confirm"): "delivered",  # the receipt overtook the record of the sending
        ("queued", "confirm"): "delivered",  # the same, after a try of unknown outcome: it is not sent again
        ("sent", "fail"): "failed",
        ("failed", "confirm"): "delivered",  # a later receipt of the same round corrects the earlier one
        ("delivered", "fail"): "failed",
        ("withheld", "resend"): "queued",
        ("failed", "resend"): "queued",
        ("skipped", "resend"): "queued",
    },
)
"""NO-2, NO-4. `claimed`: the safe contact is requested; `sending` is stored before the provider is called."""
