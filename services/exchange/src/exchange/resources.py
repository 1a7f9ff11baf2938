"""What the exchange's use cases find in their unit of work: nothing beside the database."""

from dataclasses import dataclass
from typing import Annotated

from chassis.http import unit_of_work
from chassis.settings import Settings
from chassis.tokens import TokenSource
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


@dataclass(frozen=True)
class Resources:
    """The exchange calls nobody."""


def make_resources(settings: Settings, source: TokenSource) -> Resources:
    return Resources()


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
