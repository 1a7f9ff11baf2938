"""What use cases and workers of notify find in their unit of work; `app.py` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from chassis.client import ServiceClient
from chassis.http import unit_of_work
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


@dataclass(frozen=True)
class Letter:
    """One message as it leaves: an address, a text that keeps NO-1, and a reference that providers see."""

    address: str = field(repr=False)
    subject: str
    body: str
    language: str
    reference: str


class Channel(Protocol):
    """A provider of e-mail or SMS."""

    async def send(self, letter: Letter) -> None:
        """Pass the message to the provider; NotTaken otherwise. The same `reference` again is the same message."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True)
class Resources:
    """`identification` returns the safe contact; `channels` are the connected providers by name."""

    identification: ServiceClient
    channels: Mapping[str, Channel]


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
