"""Recognitions, hand-overs and other decisions: each on the version of the case that was read."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from identification.domain.codes import ReasonAgainst, ReasonFor
from identification.schemas.bodies import Act

Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The version of the case that was read")]


class Decision(Act):
    """A decision on the ground of what was read: where the case changed since, nothing is done."""

    version: Version

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 7, "happened_at": "2024-03-08T12:00:00+04:00"}]}
    )


class NewRecognition(Act):
    kind: Literal["presumed", "ngo"]
    reasons: Annotated[list[ReasonFor], Field(min_length=1, max_length=10)]
    dissent: list[ReasonAgainst] = Field(default=[], max_length=10)

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "ngo", "reasons": ["own_account", "indicators_met"]}]}
    )


class NewFormalRecognition(Decision):
    reasons: Annotated[list[ReasonFor], Field(min_length=1, max_length=10)]
    dissent: list[ReasonAgainst] = Field(default=[], max_length=10)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"version": 5, "reasons": ["act_means_purpose_met"], "happened_at": "2024-03-08T12:00:00+04:00"}
            ]
        },
    )


class Against(Decision):
    """A negative or revoking decision always carries reasons (ID-9)."""

    reasons: Annotated[list[ReasonAgainst], Field(min_length=1, max_length=10)]

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 5, "reasons": ["purpose_not_established"]}]}
    )


class NewReferral(Decision):
    best_interests_recorded: bool = Field(default=False, description="Needed for a child (ID-7)")

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 3, "happened_at": "2024-03-04T15:00:00+04:00"}]}
    )
