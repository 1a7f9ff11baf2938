"""Identity at rest (protection.md: Keeping): each field sealed with a key of the person, that wrapped by a master key.

Destroying a person's wrapped key erases the person: what was sealed with it can never be opened again, in no backup
of the fields either. Search goes by keyed digests, so that no name needs to be readable in the database. What is sealed
is padded, so that its length does not show that of a name. Words of names are sealed by the search key: they are of no
one person, and who has that key could find each of them out by its digest.
"""

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from chassis import metrics
from chassis.errors import DomainError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identification.settings import KEY_BYTES

_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_FORMAT = b"\x01"
_BLOCK = 256  # bytes: nearly every field fills one
_WORD_BLOCK = 32  # bytes: nearly every part of a name fills one
_WORD_BOND = b"word of a name"
_END = b"\x80"
_KEY_EDITION = b"4"  # of the keys that digests are made of: another one makes every person indexed anew


class Unreadable(DomainError):
    """Something sealed cannot be opened: another key, another person or field, or it was changed (500)."""

    status = 500

    def __init__(self) -> None:
        super().__init__("identity_unreadable", "The record cannot be opened with the keys of this service.")


class Vault:
    """Seals and opens the fields of persons (ID-13). Keys are 32 bytes; ValueError for another length.

    `former_master_keys` still open what they wrapped, so that the master key can be changed without a pause: start with
    the new key and the old one as former, `rewrap` every person, then start without the old one. `former_search_keys`
    find what they made digests of, and `reindex` is their `rewrap`.
    """

    def __init__(
        self,
        master_key: bytes,
        search_key: bytes,
        former_master_keys: Sequence[bytes] = (),
        former_search_keys: Sequence[bytes] = (),
    ) -> None:
        for key in (master_key, search_key, *former_master_keys, *former_search_keys):
            if len(key) != KEY_BYTES:
                raise ValueError(f"keys of the vault are {KEY_BYTES} bytes")
        self._search_keys = (search_key, *former_search_keys)
        self._words = {_search_key_id(key): AESGCM(_word_key(key)) for key in self._search_keys}
        self._current = _key_id(master_key)
        self._masters = {_key_id(key): AESGCM(key) for key in (*former_master_keys, master_key)}

    def new_person_key(self, person_id: UUID) -> bytes:
        """A new random key for the person, wrapped by the master key and bound to this person."""
        return self._wrap(person_id, AESGCM.generate_key(bit_length=256))

    def seal(self, person_id: UUID, wrapped: bytes, field: str, value: str) -> bytes:
        """The value encrypted, to be opened only as this field of this person."""
        key = AESGCM(self._unwrap(person_id, wrapped))
        return _encrypt(key, _padded(value.encode()), _field_bond(person_id, field))

    def open(self, person_id: UUID, wrapped: bytes, field: str, sealed: bytes) -> str:
        """What was sealed; `Unreadable` for another person, field, key or changed bytes. The caller audits (ID-13)."""
        key = AESGCM(self._unwrap(person_id, wrapped))
        return _unpadded(_decrypt(key, sealed, _field_bond(person_id, field))).decode()

    def rewrap(self, person_id: UUID, wrapped: bytes) -> bytes:
        """The same person's key under the current master key; sealed fields stay as they are."""
        return self._wrap(person_id, self._unwrap(person_id, wrapped))

    def is_current(self, wrapped: bytes) -> bool:
        """Whether the current master key wrapped it; if not, `rewrap` it."""
        return wrapped[len(_FORMAT) :].startswith(self._current)

    def digest(self, kind: str, normalised: str) -> bytes:
        """32 bytes to search by (ID-18): equal for equal kind and value, worthless without the search key.

        Kinds are `name`, `document`, `phone`, `word` …; the value is normalised before (search_keys, document_keys,
        E.164).
        """
        return _digest(self._search_keys[0], kind, normalised)

    def digests(self, kind: str, normalised: str) -> tuple[bytes, ...]:
        """The same under every search key that is valid, the present one first: what a search looks for."""
        return tuple(_digest(key, kind, normalised) for key in self._search_keys)

    def seal_word(self, word: str) -> bytes:
        """A spelled part of names, sealed by the present search key."""
        key_id = _search_key_id(self._search_keys[0])
        return _FORMAT + key_id + _encrypt(self._words[key_id], _padded(word.encode(), _WORD_BLOCK), _WORD_BOND)

    def open_word(self, sealed: bytes) -> str | None:
        """The part that was sealed; None if its search key is not valid any more, `Unreadable` for changed bytes."""
        start = len(_FORMAT) + _KEY_ID_BYTES
        key = self._words.get(sealed[len(_FORMAT) : start])
        return None if key is None else _unpadded(_decrypt(key, sealed[start:], _WORD_BOND)).decode()

    @property
    def index(self) -> bytes:
        """Which search key, and which edition of the keys, a person's digests are made of today."""
        return hmac.digest(self._search_keys[0], b"which index" + _KEY_EDITION, sha256)[:_KEY_ID_BYTES]

    def _wrap(self, person_id: UUID, key: bytes) -> bytes:
        return _FORMAT + self._current + _encrypt(self._masters[self._current], key, _key_bond(person_id))

    def _unwrap(self, person_id: UUID, wrapped: bytes) -> bytes:
        start = len(_FORMAT) + _KEY_ID_BYTES
        master = self._masters.get(wrapped[len(_FORMAT) : start])
        if master is None or not wrapped.startswith(_FORMAT):
            raise _unreadable()
        return _decrypt(master, wrapped[start:], _key_bond(person_id))


def _key_id(master_key: bytes) -> bytes:
    return hmac.digest(master_key, b"which master key", sha256)[:_KEY_ID_BYTES]


def _search_key_id(search_key: bytes) -> bytes:
    return hmac.digest(search_key, b"which search key", sha256)[:_KEY_ID_BYTES]


def _word_key(search_key: bytes) -> bytes:
    return hmac.digest(search_key, b"seals words of names", sha256)


def _key_bond(person_id: UUID) -> bytes:
    return b"key\0" + person_id.bytes


def _field_bond(person_id: UUID, field: str) -> bytes:
    return b"field\0" + person_id.bytes + field.encode()


def _digest(search_key: bytes, kind: str, normalised: str) -> bytes:
    kind_key = hmac.digest(search_key, kind.encode(), sha256)
    return hmac.digest(kind_key, normalised.encode(), sha256)


def _padded(plain: bytes, block: int = _BLOCK) -> bytes:
    """ISO 7816-4: an end mark, then zeros to the end of the block."""
    ended = plain + _END
    return ended + bytes(-len(ended) % block)


def _unpadded(plain: bytes) -> bytes:
    """JSON from before there was padding ends with neither sign."""
    return plain.rstrip(b"\0").removesuffix(_END)


def _unreadable() -> Unreadable:
    metrics.UNREADABLE.inc()
    return Unreadable()


def _encrypt(key: AESGCM, plain: bytes, bond: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, bond)


def _decrypt(key: AESGCM, sealed: bytes, bond: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bond)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        raise _unreadable() from None
