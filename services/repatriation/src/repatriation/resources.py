"""What use cases find in their unit of work. This service calls nothing outside its database."""

from dataclasses import dataclass
from typing import Annotated

from chassis.http import unit_of_work
from chassis.settings import Settings
from chassis.tokens import TokenSource
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


@dataclass(frozen=True)
class Resources:
    """Nothing yet: what a use case may call besides the database is named here."""


def make_resources(settings: Settings, source: TokenSource) -> Resources:
    """The resources of a process."""
    return Resources()


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
