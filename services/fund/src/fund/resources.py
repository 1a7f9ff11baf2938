"""What the Fund's use cases find in their unit of work beside the database."""

from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from chassis.actor import Actor
from chassis.http import unit_of_work
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends
from pydantic import JsonValue


class Payees(Protocol):
    """Who can open a payee: identification, or a stand-in of a test."""

    async def open(self, actor: Actor, *, case_id: UUID, order_id: UUID, payee: str) -> dict[str, JsonValue]:
        """The details of the payee of this order, `person` or `representative`, for this person alone (FU-6)."""
        ...


@dataclass(frozen=True)
class Resources:
    """`payees` opens the payee of an order when it is released."""

    payees: Payees


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
