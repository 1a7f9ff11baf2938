"""Words that several commands share. Unknown fields and codes are refused."""

from typing import Annotated, Literal
from uuid import UUID

from nrm_events.taking_part import AGENCIES
from pydantic import BaseModel, ConfigDict, Field, JsonValue

AN_NGO, THE_COURTS = (next(code for code, a in AGENCIES.items() if a.kind == kind) for kind in ("ngo", "justice"))

Agency = Annotated[str, Field(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=[AN_NGO])]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9./-]{1,64}$", description="Number of a decision or document")]
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", examples=["10:00-17:00"])]
DocumentCode = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", description="Edition of a document", examples=["rights-2024"])
]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["az"])]


class Body(BaseModel):
    """What a request contains beside commands."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(**fields: JsonValue) -> ConfigDict:
    """The configuration of a command with an example that can be sent as it stands."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


Outcome = Literal["met", "not_met", "unknown"]
AnId = Annotated[UUID, Field(examples=["0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"])]
