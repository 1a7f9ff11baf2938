"""Reports, and how a report becomes a case or joins one (ID-1, ID-18)."""

from typing import Literal
from uuid import UUID

from casework.commands import Command
from pydantic import Field

from identification.commands.consents import ConsentDetails
from identification.commands.identities import ReportedContact
from identification.commands.words import AnId, Body, Hours, LanguageCode, Text, example
from identification.domain.codes import Channel, Region


class Reported(Body):
    """What was reported (ID-1). `htcds` uses names and codes of the standard; everything in it is optional."""

    source: Literal["agency", "self"] = Field(default="agency", description="Who speaks: the agency, or the person")
    channel: Channel
    channel_hours: Hours | None = None
    anonymous: bool = False
    region: Region | None = None
    language: LanguageCode | None = None
    crossed_border: bool | None = None
    child_suspected: bool = Field(default=False, description="A reason to think of a child: counts as child (ID-5)")
    htcds: dict[str, object] = Field(default_factory=dict, max_length=60)
    account: Text | None = Field(default=None, description="The person's account; stored sealed")
    safe_contact: ReportedContact | None = Field(default=None, description="A wrong one is a warning (NO-2)")


class ReceiveReport(Command, Reported):
    """Report a presumed victim, and when the report was made (ID-1)."""

    agrees_to_police: bool | None = Field(
        default=None,
        description="What the person answered; null: nobody put the question. No consent by itself (ID-7, ID-12)",
    )

    model_config = example(
        channel="hotline", region="Gəncə", language="az", htcds={"vic_TypeOfExploitation": ["ForcedLabour"]}
    )


class StoreForReferral(Reported):
    """What an agency's system reports of a person before its message names the handle; the message states when.

    `consent` states how the consents of the message were obtained; without it the message may contain none (ID-12).
    """

    consent: ConsentDetails | None = None

    model_config = example(channel="ngo", htcds={"vic_TypeOfExploitation": ["ForcedLabour"]})


class Register(Command):
    """Open the case after the search for the same person was read (ID-18)."""

    search_id: AnId
    verdicts: dict[UUID, Literal["same", "not_same", "cannot_say"]] = Field(default_factory=dict, max_length=100)

    model_config = example(
        search_id="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
        verdicts={"0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c": "not_same"},
        happened_at="2024-03-04T10:00:00+04:00",
    )


class CloseReport(Command):
    """Close a report of which no case comes, with the reason (ID-20)."""

    reason: Literal["no_indication", "no_contact", "other_help", "entered_twice", "person_declined"]

    model_config = example(reason="no_indication", happened_at="2024-03-04T10:00:00+04:00")


class Attach(Command):
    """The report is about a person whose case is known (ID-18)."""

    search_id: AnId
    case_id: AnId

    model_config = example(
        search_id="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b", case_id="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c"
    )
