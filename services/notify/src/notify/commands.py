"""The commands of notify: one frozen model per act. They name no address, number or text (NO-1)."""

from typing import Annotated, Literal

from casework.commands import Change, Command
from pydantic import Field

Reference = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9][0-9]{0,5}$",
        description="As it was passed to the provider",
        examples=["01993b0e-7c1e-7d33-9b1a-6f0a53f1c001.1"],
    ),
]


class MarkRead(Command):
    """The person has read a task; each person reads for themself."""


class Resend(Change):
    """Send a message after all: withheld, failed or left unsent before (NO-4)."""


class TakeReceipt(Command):
    """What the SMS gateway or mail provider reports of a message (NO-4)."""

    reference: Reference
    outcome: Literal["delivered", "failed"]
