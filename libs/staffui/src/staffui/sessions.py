"""Sessions of people at the pages: a random cookie, a row in the database, and Keycloak's session as the clock.

Each use renews the tokens once a minute at most, so that work in one service counts for all, and a session that the
realm has ended is over here within a minute, or at once by its notice (`end_of_realm`).
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from chassis.actor import Actor
from chassis.clock import Clock
from chassis.database import Database
from chassis.tokens import TokenVerifier, Unauthenticated
from pydantic import BaseModel
from sqlalchemy import delete, select, update

from staffui.realm import Identity, Realm, SignInFailed, Tokens
from staffui.sealing import Sealing
from staffui.tables import StaffSession

RENEW_AFTER = timedelta(minutes=1)
REMEMBERED = timedelta(hours=1)
"""How long an ended session can still show whose unsent form came too late."""
_PURPOSE = b"tokens"


class _Sealed(BaseModel):
    access: str
    refresh: str
    identity: str


@dataclass(frozen=True)
class Session:
    """Somebody at the pages. `actor` has the chosen role alone, or all of them where none is chosen yet."""

    cookie: str
    actor: Actor
    roles: Collection[str]
    role: str | None
    person: str
    ends_at: datetime
    notice: str | None
    access_token: str
    id_token: str
    refresh_token: str


@dataclass(frozen=True)
class Begun:
    """A session of a person; `id` finds it among the person's own and opens none."""

    id: str
    roles: Sequence[str]
    began_at: datetime
    used_at: datetime
    """To the minute: each use renews it once a minute at most."""
    is_this: bool


@dataclass(frozen=True)
class Sessions:
    """`_of_service` are the roles that have any right here; others that a person has are not offered."""

    _database: Database
    _sealing: Sealing
    _realm: Realm
    _verifier: TokenVerifier
    _clock: Clock
    _of_service: frozenset[str]

    async def begin(self, identity: Identity, tokens: Tokens, client: str) -> str:
        """A new session, never one that was there before (fixation); the cookie's value. Old rows are cleared."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        actor = await self._verifier.verify(tokens.access_token)
        row = StaffSession(
            id=_digest(cookie),
            sub=actor.sub,
            agency=actor.agency,
            **self._roles_of(actor),
            person=identity.preferred_username,
            realm_session=identity.sid,
            client=client,
            began_at=now,
            renewed_at=now,
            **self._stored(tokens, now),
        )
        async with self._database.transaction() as session:
            await session.execute(delete(StaffSession).where(StaffSession.ends_at < now - REMEMBERED))
            session.add(row)
        return cookie

    def _roles_of(self, actor: Actor, chosen: str | None = None) -> dict[str, object]:
        """The roles that count here, and the chosen one as long as the person has it. A single one is chosen."""
        roles = sorted(actor.roles & self._of_service)
        single = roles[0] if len(roles) == 1 else None
        return {"roles": roles, "role": chosen if chosen in roles else single}

    def _stored(self, tokens: Tokens, now: datetime) -> dict[str, object]:
        sealed = _Sealed(access=tokens.access_token, refresh=tokens.refresh_token, identity=tokens.id_token)
        return {
            "tokens": self._sealing.seal(sealed.model_dump_json().encode(), _PURPOSE),
            "token_until": now + timedelta(seconds=tokens.expires_in),
            "ends_at": now + timedelta(seconds=tokens.refresh_expires_in),
        }

    async def find(self, cookie: str | None) -> Session | None:
        """The session of this cookie, renewed where that is due; None where there is none or it is over."""
        if not cookie or len(cookie) > 128:
            return None
        now = self._clock()
        async with self._database.transaction() as session:
            row = await session.get(StaffSession, _digest(cookie))
        if row is None or row.ended_at or row.ends_at <= now:
            return None
        if row.renewed_at <= now - RENEW_AFTER or row.token_until <= now:
            row = await self._renew(row, now)
        return await self._session(cookie, row) if row else None

    async def _renew(self, row: StaffSession, now: datetime) -> StaffSession | None:
        """Of requests at the same time one renews; the others go on with the token that is still good."""
        mine = update(StaffSession).where(StaffSession.id == row.id, StaffSession.renewed_at == row.renewed_at)
        async with self._database.transaction() as session:
            won = await session.scalar(mine.values(renewed_at=now).returning(StaffSession.id))
        opened = self._open(row)
        if won is None or opened is None:
            return row if opened and row.token_until > now else await self._fresh(row, now)
        try:
            tokens = await self._realm.renewed(opened.refresh)
            actor = await self._verifier.verify(tokens.access_token)
        except (SignInFailed, Unauthenticated):
            await self.end([row.id])
            return None
        changed = {"agency": actor.agency, **self._roles_of(actor, row.role), **self._stored(tokens, now)}
        renewed = update(StaffSession).where(StaffSession.id == row.id, StaffSession.ended_at.is_(None))
        async with self._database.transaction() as session:
            return await session.scalar(renewed.values(changed).returning(StaffSession))

    async def _fresh(self, row: StaffSession, now: datetime) -> StaffSession | None:
        """The row as another request has renewed it meanwhile."""
        async with self._database.transaction() as session:
            found = await session.get(StaffSession, row.id)
        return found if found and not found.ended_at and found.token_until > now else None

    async def extend(self, session: Session) -> Session | None:
        """The session from now on; None where the realm has ended it."""
        async with self._database.transaction() as transaction:
            row = await transaction.get(StaffSession, _digest(session.cookie))
        renewed = await self._renew(row, self._clock()) if row and not row.ended_at else None
        return await self._session(session.cookie, renewed) if renewed else None

    async def ended_lately(self, cookie: str | None) -> Actor | None:
        """Whose session this was, where it ended within the hour: for a form that comes too late."""
        if not cookie or len(cookie) > 128:
            return None
        async with self._database.transaction() as session:
            row = await session.get(StaffSession, _digest(cookie))
        if row is None or (row.ended_at or row.ends_at) < self._clock() - REMEMBERED:
            return None
        return Actor(sub=row.sub, agency=row.agency, roles=frozenset(row.roles), client=row.client)

    def _open(self, row: StaffSession) -> _Sealed | None:
        opened = self._sealing.open(row.tokens, _PURPOSE)
        return _Sealed.model_validate_json(opened) if opened else None

    async def _session(self, cookie: str, row: StaffSession) -> Session | None:
        opened = self._open(row)
        if opened is None:
            return None
        roles = frozenset(row.roles)
        actor = Actor(sub=row.sub, agency=row.agency, roles=roles, client=row.client)
        chosen = replace(actor, roles=frozenset({row.role})) if row.role in roles else actor
        return Session(
            cookie=cookie,
            actor=chosen,
            roles=roles,
            role=row.role,
            person=row.person,
            ends_at=row.ends_at,
            notice=row.notice,
            access_token=opened.access,
            id_token=opened.identity,
            refresh_token=opened.refresh,
        )

    async def choose(self, session: Session, role: str) -> None:
        """Act in this role from now on; a role that the person does not have changes nothing."""
        if role in session.roles:
            await self._set(session, role=role)

    async def note(self, session: Session, notice: str | None) -> None:
        """What the next page shows once, as a key of the catalogue."""
        await self._set(session, notice=notice)

    async def _set(self, session: Session, **values: str | None) -> None:
        mine = update(StaffSession).where(StaffSession.id == _digest(session.cookie))
        async with self._database.transaction() as transaction:
            await transaction.execute(mine.values(**values))

    async def end_mine(self, session: Session) -> None:
        """The person signs out here; the realm's session is ended by the caller."""
        await self.end([_digest(session.cookie)])

    async def of(self, session: Session) -> Sequence[Begun]:
        """The person's sessions that are not over, the newest first."""
        this = _digest(session.cookie)
        return [
            Begun(
                _name(row), [row.role] if row.role else sorted(row.roles), row.began_at, row.renewed_at, row.id == this
            )
            for row in await self._mine(session)
        ]

    async def end_others(self, session: Session, chosen: Collection[str]) -> int:
        """End those with these ids, but not this one, also at the realm and so in every service; how many.

        RealmAway where Keycloak does not answer: the sessions before it have ended then.
        """
        this = _digest(session.cookie)
        ending = [row for row in await self._mine(session) if row.id != this and _name(row) in chosen]
        for row in ending:
            if opened := self._open(row):
                await self._realm.end(opened.refresh)
            await self.end([row.id])
        return len(ending)

    async def _mine(self, session: Session) -> Sequence[StaffSession]:
        running = select(StaffSession).where(StaffSession.ended_at.is_(None), StaffSession.ends_at > self._clock())
        mine = running.where(StaffSession.sub == session.actor.sub).order_by(StaffSession.began_at.desc()).limit(200)
        async with self._database.transaction() as transaction:
            return (await transaction.scalars(mine)).all()

    async def end_of_realm(self, realm_session: str) -> None:
        """Keycloak has ended a session, whoever ended it: it is over here at once."""
        async with self._database.transaction() as session:
            found = select(StaffSession.id).where(StaffSession.realm_session == realm_session)
            ids = (await session.scalars(found)).all()
        await self.end(ids)

    async def end(self, ids: Collection[bytes]) -> None:
        """Over, and nothing of its tokens is left."""
        ended = update(StaffSession).where(StaffSession.id.in_(ids), StaffSession.ended_at.is_(None))
        async with self._database.transaction() as session:
            await session.execute(ended.values(ended_at=self._clock(), tokens=b""))


def _name(row: StaffSession) -> str:
    return row.id.hex()[:16]


def _digest(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()
