"""What every command has. One frozen model per act is the body of the API, the form of the page, and the message of an
agency's system."""

from typing import Annotated

from chassis.clock import Moment
from pydantic import BaseModel, ConfigDict, Field

Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The version that was read")]


class Command(BaseModel):
    """An act took effect at `happened_at`, or now; never in the future, never before what it follows."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    happened_at: Moment | None = Field(
        default=None,
        description="When it took effect, with zone; null is now",
        examples=["2024-03-04T10:00:00+04:00"],
    )

    def entered(self) -> list[str]:
        """Names of the fields that the actor entered, for the answer to a stale edit."""
        return sorted(self.model_fields_set - {"expected_version", "happened_at"})


class Change(Command):
    """An act on an object that was read before."""

    expected_version: Version | None = Field(
        default=None, alias="version", description="The version that was read; null is any"
    )


class Decision(Command):
    """A decision on what was read: where the object changed since, nothing is done."""

    expected_version: Version = Field(alias="version")
