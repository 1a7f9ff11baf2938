"""A POST carries an `Idempotency-Key`: the same key and body get the stored answer, another body gets 409.

The key is taken in the transaction of the command, so of two at the same time the second waits for the first. Answers
of refused commands are not stored: nothing changed, and the next try is judged anew. A stored answer is repeated only
to who could still do the act: `chassis.http` checks role and access again. In another agency a person has other keys.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.actor import Actor
from chassis.errors import DomainError, Fault, Invalid
from chassis.schema import idempotency_key

PENDING = "answer"
_KEY = re.compile(r"^[\x21-\x7e]{1,128}$")
# As text: SQLAlchemy compiles PostgreSQL's `on conflict` anew at every call.
_TAKE = text(
    "insert into idempotency_key (sub, key, fingerprint) values (:sub, :key, :fingerprint) "
    "on conflict do nothing returning key"
)


@dataclass(frozen=True)
class Stored:
    """`checked`: case ids, each with a right that is checked again before the answer is repeated."""

    status: int
    body: bytes
    checked: Sequence[Sequence[str]] = ()


class Key(NamedTuple):
    """A key belongs to a person in an agency."""

    sub: str
    key: str


def key_of(actor: Actor, key: str | None) -> Key:
    """The actor's key, 1–128 visible ASCII characters; Invalid `idempotency_key_missing` otherwise."""
    if key is None or not _KEY.match(key):
        raise Invalid(
            "idempotency_key_missing",
            "Send an Idempotency-Key header of 1 to 128 visible characters, new for each command.",
            status=400,
            faults=[Fault("header.Idempotency-Key", "idempotency_key_missing", "1 to 128 visible characters")],
        )
    return Key(f"{actor.agency}/{actor.sub}", key)


async def take(session: AsyncSession, key: Key, *command: str | bytes) -> Stored | None:
    """Take the key for this command; the stored answer where it was done before.

    `command` is what makes it the same one: method, path, body.
    """
    parts = (part.encode() if isinstance(part, str) else part for part in command)
    fingerprint = hashlib.sha256(b"\0".join(parts)).digest()
    if await session.scalar(_TAKE, {**key._asdict(), "fingerprint": fingerprint}):
        return None
    mine = select(idempotency_key).where(idempotency_key.c.sub == key.sub, idempotency_key.c.key == key.key)
    stored = (await session.execute(mine)).one()
    if stored.fingerprint != fingerprint:
        raise DomainError("idempotency_key_reused", "This Idempotency-Key was used for another command.", status=409)
    return Stored(stored.status, stored.body, stored.checked)


def store(session: AsyncSession, key: Key, answer: Stored) -> None:
    """Store the answer with the change; it is written when the transaction ends."""
    session.info[PENDING] = {
        **key._asdict(),
        "status": answer.status,
        "body": answer.body,
        "checked": json.dumps(answer.checked),
    }


def collected(session: AsyncSession) -> dict[str, object]:
    """Take the answer from the session, with the key of this transaction; all None where there is none."""
    return session.info.pop(PENDING, None) or dict.fromkeys(("sub", "key", "status", "body", "checked"))
