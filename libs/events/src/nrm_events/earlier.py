"""Versions that nobody sends any more and everybody still reads: their messages lie in the topics (docs/adr/0012).

A class has the name and the version it had; `upcast` gives the same facts in the next version.
"""

from typing import ClassVar, Literal, get_args

from pydantic import Field

from nrm_events import shelter
from nrm_events.base import Code


class ShelterLeft(shelter.StayEvent):
    """The stay ended (SH-2). `to` was open, so a place could have been written there (SH-7)."""

    version: ClassVar[int] = 1
    how: Literal["left", "transferred", "discharged", "repatriated"]
    to: Code | None = Field(default=None, description="vac, ngo_shelter, family, independent: never a place")

    def upcast(self) -> shelter.ShelterLeft:
        """What is on no list is sent to nobody."""
        known = self.to in get_args(shelter.Onward)
        fields = self.model_dump() | {"to": self.to if known else "not_told"}
        return shelter.ShelterLeft.model_validate(fields)
