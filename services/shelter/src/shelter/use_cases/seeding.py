"""`migrate` puts the facilities of facilities.yaml into the database; again and again, with the same ids (SH-9)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid5

import yaml
from nrm_events.base import Agency
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain.codes import Need, Region, Track
from shelter.tables import Bed, Facility, Room

_NAMESPACE = UUID("6f2d9c1e-6c0b-4d6e-9d0a-3f6f6f0f6a11")


Values = dict[str, object]
"""The columns of a row."""


class RoomEntry(BaseModel):
    """So many rooms of this kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    count: int
    beds: int
    child_places: int = 0
    accessibility: list[Need] = []


class FacilityEntry(BaseModel):
    """A facility as facilities.yaml has it; `count` facilities of one kind get numbered codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    agency: Agency
    kind: str
    count: int = 1
    takes: list[str]
    track: Track | None = None
    capacity: int | None
    since: date | None = None
    region: Region | None = None
    protected: bool = False
    source: str
    note: str | None = None
    rooms: list[RoomEntry] = []


def read_facilities(path: Path) -> list[FacilityEntry]:
    """Read the file; pydantic's error names the entry and field that is wrong."""
    return TypeAdapter(list[FacilityEntry]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))


async def seed_facilities(session: AsyncSession, entries: list[FacilityEntry]) -> None:
    """Facilities become what the file has; rooms and beds are added, never taken away."""
    facilities, rooms, beds = [], [], []
    for entry in entries:
        for number in range(1, entry.count + 1):
            code = entry.code if entry.count == 1 else f"{entry.code}-{number}"
            facilities.append(_facility(code, entry))
            for room, its_beds in _rooms(code, entry):
                rooms.append(room)
                beds.extend(its_beds)
    adding = upsert(Facility)
    changed = {name: adding.excluded[name] for name in ("operator", "kind", "takes", "track", "protected", "since")}
    await session.execute(adding.values(facilities).on_conflict_do_update(index_elements=["code"], set_=changed))
    await session.execute(upsert(Room).values(rooms).on_conflict_do_nothing())
    await session.execute(upsert(Bed).values(beds).on_conflict_do_nothing())


def _facility(code: str, entry: FacilityEntry) -> Values:
    return {
        "id": uuid5(_NAMESPACE, code),
        "code": code,
        "operator": entry.agency,
        "kind": entry.kind,
        "takes": entry.takes,
        "track": entry.track,
        "region": entry.region,
        "protected": entry.protected,
        "since": entry.since,
    }


def _rooms(code: str, entry: FacilityEntry) -> Iterator[tuple[Values, list[Values]]]:
    kinds = [kind for kind in entry.rooms for _ in range(kind.count)]
    for number, kind in enumerate(kinds, start=1):
        room_id = uuid5(_NAMESPACE, f"{code}/{number}")
        beds: list[Values] = [
            {
                "id": uuid5(_NAMESPACE, f"{code}/{number}/{bed}"),
                "room_id": room_id,
                "number": bed,
                "child_places": kind.child_places,
                "accessibility": kind.accessibility,
            }
            for bed in range(1, kind.beds + 1)
        ]
        yield {"id": room_id, "facility_id": uuid5(_NAMESPACE, code), "number": number}, beds
