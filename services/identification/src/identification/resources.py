"""What the use cases of identification find beside the database."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
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

    def seal_word(self, word: str, /) -> bytes: ...

    def open_word(self, sealed: bytes, /) -> str | None: ...

    def seal(self, person_id: UUID, wrapped: bytes, field: str, value: str, /) -> bytes: ...

    def open(self, person_id: UUID, wrapped: bytes, field: str, sealed: bytes, /) -> str: ...


@dataclass
class Vocabulary:
    """The words of names that this process has read, by their digests (ID-18); `use_cases.name_words` reads them.

    Everything that transactions before `read_before` wrote has been read.
    """

    words: dict[bytes, str] = field(default_factory=dict)
    read_before: int = 0
    read_whole_at: datetime | None = None
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Resources:
    """The vault, with the keys of the environment, and the words of names that were read with them."""

    vault: Seals
    vocabulary: Vocabulary = field(default_factory=Vocabulary)


Work = UnitOfWork[Resources]
Uow = Annotated[Work, Depends(unit_of_work)]
