"""Drafts: nothing typed is lost, whatever ends the session. On the server, sealed, never in the browser."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.actor import Actor
from chassis.clock import Clock
from chassis.database import Database
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from staffui.sealing import Sealing
from staffui.tables import Draft

LIVES = timedelta(days=7)
_NOT_TYPED = frozenset({"csrf", "key", "to_language", "draft"})
_MOST_FIELDS = 200


@dataclass(frozen=True)
class Saved:
    """What was typed into the form at this address."""

    form: str
    typed: Mapping[str, Sequence[str]]
    saved_at: datetime


@dataclass(frozen=True)
class Drafts:
    """Drafts of a person in an agency: nobody else finds or opens them."""

    _database: Database
    _sealing: Sealing
    _clock: Clock

    async def save(self, of: Actor, form: str, typed: Mapping[str, Sequence[str]]) -> datetime | None:
        """Save what was typed in place of what was saved before; when. None where nothing was typed. Old ones go."""
        kept = {name: list(values) for name, values in typed.items() if name not in _NOT_TYPED and any(values)}
        if not set(kept) - {"when", "version"} or len(kept) > _MOST_FIELDS:
            return None
        now = self._clock()
        sealed = self._sealing.seal(json.dumps(kept).encode(), _purpose(of, form))
        new = insert(Draft).values(sub=of.sub, agency=of.agency, form=form, sealed=sealed, saved_at=now)
        stored = new.on_conflict_do_update(
            index_elements=["sub", "agency", "form"], set_={"sealed": sealed, "saved_at": now}
        )
        async with self._database.transaction() as session:
            await session.execute(delete(Draft).where(Draft.saved_at < now - LIVES))
            await session.execute(stored)
        return now

    async def find(self, of: Actor, form: str) -> Saved | None:
        """What the person has typed there before and not sent."""
        async with self._database.transaction() as session:
            row = await session.get(Draft, (of.sub, of.agency, form))
        if row is None or row.saved_at < self._clock() - LIVES:
            return None
        opened = self._sealing.open(row.sealed, _purpose(of, form))
        return Saved(form, json.loads(opened), row.saved_at) if opened else None

    async def of(self, person: Actor) -> Sequence[tuple[str, datetime]]:
        """Forms with a draft of the person, the newest first."""
        mine = select(Draft.form, Draft.saved_at).where(Draft.sub == person.sub, Draft.agency == person.agency)
        young = mine.where(Draft.saved_at >= self._clock() - LIVES).order_by(Draft.saved_at.desc()).limit(100)
        async with self._database.transaction() as session:
            return [(form, at) for form, at in (await session.execute(young)).tuples()]

    async def drop(self, of: Actor, form: str) -> None:
        """It was sent, or thrown away."""
        mine = delete(Draft).where(Draft.sub == of.sub, Draft.agency == of.agency, Draft.form == form)
        async with self._database.transaction() as session:
            await session.execute(mine)


def _purpose(of: Actor, form: str) -> bytes:
    return f"draft {of.agency}/{of.sub} {form}".encode()
