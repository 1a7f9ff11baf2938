"""The commands of notify: one frozen model per act. They name no address, number or text (NO-1)."""

from datetime import date
from typing import Annotated, Literal

from casework.commands import Change, Command
from nrm_events.base import Code
from pydantic import BaseModel, ConfigDict, Field

Reference = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9][0-9]{0,5}$",
        description="As it was passed to the provider",
        examples=["01993b0e-7c1e-7d33-9b1a-6f0a53f1c001.1"],
    ),
]

Days = Annotated[list[date], Field(max_length=60)]


class MarkRead(Command):
    """The person has read a task; each person reads for themself."""


class Resend(Change):
    """Send a message after all: withheld, failed or left unsent before (NO-4)."""


class EnterDecree(BaseModel):
    """A decree of the Cabinet of Ministers about single days; it takes effect at once (NO-3)."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "decree": "NK-512-2026",
                    "holidays": ["2027-03-09"],
                    "working_days": ["2027-03-13"],
                    "as_published": [],
                }
            ]
        },
    )

    decree: Code = Field(description="The decree's number", examples=["NK-512-2026"])
    holidays: Days = Field(default=[], description="No working days; an estimated holiday named here is certain")
    working_days: Days = Field(default=[], description="Working days, whatever the week or the published calendar says")
    as_published: Days = Field(default=[], description="Decreed before, and now again as the calendar says")


class TakeReceipt(Command):
    """What the SMS gateway or mail provider reports of a message (NO-4)."""

    reference: Reference
    outcome: Literal["delivered", "failed"]
