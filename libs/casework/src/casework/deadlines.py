"""A legal clock as an object shows it. It warns and never blocks (NO-3). Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

ClockName = Literal[
    "referral",  # hand-over and its acknowledgement, 24 hours (ID-7)
    "street_child",  # placement of a child whom police hold, 3 hours (ID-6)
    "reflection",  # recovery and reflection, 30 days (ID-10)
    # what was granted on a decision that fell (ID-9)
    "re_examination_of_stay",
    "re_examination_of_handover",
    "re_examination_of_claim",
    "re_examination_of_bar",
    "re_examination_of_permit",
    "re_examination_of_return",
    "re_examination_of_reflection",
    "appeal",  # until when a decision can be appealed (ID-9)
    "appeal_decision",  # until when the other body decides (ID-9)
    "protection",  # a protection motion, 72 hours (ID-16)
    "certification",  # an officer's certificate (ID-17)
    "withdrawal",  # an agency ends what rested on a consent (ID-12)
    "place_offer",  # an offered place lapses (SH-4)
    "stay",  # a stay runs out (SH-1, SH-3)
    "handover",  # support is taken over (SH-8)
    "return_of_bed",  # a bed is in use again (SH-9)
    "permit_application",  # apply before lawful stay ends (RP-3)
    "motion",  # the prosecuting body brings its motion (RP-1)
    "permit_decision",  # the permit is decided on (RP-3)
    "opinion",  # a consulted body answers (RP-3)
    "permit",  # a permit ends (RP-1)
    "return_handover",  # the receiving body acknowledges a return (RP-6)
    "removal_bar",  # a bar ends (RP-4)
]
CLOCK_NAMES: tuple[ClockName, ...] = get_args(ClockName)
"""One word for one clock, in every service, its answers, parameters and documents. mypy refuses another."""


@dataclass(frozen=True)
class Deadline:
    """`kind` runs until `due_at`; `met_at` is when what it waits for took effect.

    `provisional`: it is counted in working days, and an estimated holiday may still move it.
    """

    kind: ClockName
    due_at: datetime
    met_at: datetime | None = None
    provisional: bool = False

    def state(self, now: datetime) -> str:
        """`running`, `breached`, `met` or `met_late`, as of `now`."""
        if self.met_at:
            return "met" if self.met_at <= self.due_at else "met_late"
        return "running" if now <= self.due_at else "breached"
