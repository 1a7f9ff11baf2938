"""What use cases find in their unit of work beside the database."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Protocol
from uuid import UUID

from chassis.actor import Actor
from chassis.http import unit_of_work
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


class Persons(Protocol):
    """Who knows the persons: identification, or a stand-in of a test."""

    async def has_reached(self, actor: Actor, case_id: UUID, *, age: int, on: date, concerning: UUID) -> bool | None:
        """Whether the person has reached this age on that day; None where nobody knows (RP-5)."""
        ...

    async def name(self, actor: Actor, case_id: UUID, *, concerning: UUID) -> str:
        """The name for one certificate; empty where nobody knows it (RP-4)."""
        ...


@dataclass(frozen=True)
class Resources:
    """`persons` answers about a person for one act."""

    persons: Persons


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
