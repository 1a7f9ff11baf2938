"""What the use cases of identification find beside the database."""

from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from chassis.http import unit_of_work
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


class Seals(Protocol):
    """Seals and opens the fields of persons (ID-13); `adapters.vault` is the one there is."""

    def new_person_key(self, person_id: UUID, /) -> bytes: ...

    def rewrap(self, person_id: UUID, wrapped: bytes, /) -> bytes: ...

    def is_current(self, wrapped: bytes, /) -> bool: ...

    @property
    def index(self) -> bytes: ...

    def digest(self, kind: str, normalised: str, /) -> bytes: ...

    def digests(self, kind: str, normalised: str, /) -> tuple[bytes, ...]: ...

    def seal(self, person_id: UUID, wrapped: bytes, field: str, value: str, /) -> bytes: ...

    def open(self, person_id: UUID, wrapped: bytes, field: str, sealed: bytes, /) -> str: ...


@dataclass(frozen=True)
class Resources:
    """The vault, with the keys of the environment."""

    vault: Seals


Work = UnitOfWork[Resources]
Uow = Annotated[Work, Depends(unit_of_work)]
