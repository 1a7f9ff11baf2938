"""Identity at rest (protection.md: Keeping): each field sealed with a key of the person, that wrapped by a master key.

Destroying a person's wrapped key erases the person: what was sealed with it can never be opened again, in no backup
of the fields either. Search goes by keyed digests, so that no name needs to be readable in the database.
"""

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from chassis.errors import DomainError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identification.settings import KEY_BYTES

_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_FORMAT = b"\x01"


class Unreadable(DomainError):
    """Something sealed cannot be opened: another key, another person or field, or it was changed (500)."""

    status = 500

    def __init__(self) -> None:
        super().__init__("identity_unreadable", "The record cannot be opened with the keys of this service.")


class Vault:
    """Seals and opens the fields of persons (ID-13). Keys are 32 bytes; ValueError for another length.

    `former_master_keys` still open what they wrapped, so that the master key can be changed without a pause: start with
    the new key and the old one as former, `rewrap` every person, then start without the old one.
    """

    def __init__(self, master_key: bytes, search_key: bytes, former_master_keys: Sequence[bytes] = ()) -> None:
        for key in (master_key, search_key, *former_master_keys):
            if len(key) != KEY_BYTES:
                raise ValueError(f"keys of the vault are {KEY_BYTES} bytes")
        self._search_key = search_key
        self._current = _key_id(master_key)
        self._masters = {_key_id(key): AESGCM(key) for key in (*former_master_keys, master_key)}

    def new_person_key(self, person_id: UUID) -> bytes:
        """A new random key for the person, wrapped by the master key and bound to this person."""
        return self._wrap(person_id, AESGCM.generate_key(bit_length=256))

    def seal(self, person_id: UUID, wrapped: bytes, field: str, value: str) -> bytes:
        """The value encrypted, to be opened only as this field of this person."""
        return _encrypt(AESGCM(self._unwrap(person_id, wrapped)), value.encode(), _field_bond(person_id, field))

    def open(self, person_id: UUID, wrapped: bytes, field: str, sealed: bytes) -> str:
        """What was sealed; `Unreadable` for another person, field, key or changed bytes. The caller audits (ID-13)."""
        key = AESGCM(self._unwrap(person_id, wrapped))
        return _decrypt(key, sealed, _field_bond(person_id, field)).decode()

    def rewrap(self, person_id: UUID, wrapped: bytes) -> bytes:
        """The same person's key under the current master key; sealed fields stay as they are."""
        return self._wrap(person_id, self._unwrap(person_id, wrapped))

    def is_current(self, wrapped: bytes) -> bool:
        """Whether the current master key wrapped it; if not, `rewrap` it."""
        return wrapped[len(_FORMAT) :].startswith(self._current)

    def digest(self, kind: str, normalised: str) -> bytes:
        """32 bytes to search by (ID-18): equal for equal kind and value, worthless without the search key.

        Kinds are `name`, `document`, `phone` …; the value is normalised before (name_keys, document_key, E.164).
        """
        kind_key = hmac.digest(self._search_key, kind.encode(), sha256)
        return hmac.digest(kind_key, normalised.encode(), sha256)

    def _wrap(self, person_id: UUID, key: bytes) -> bytes:
        return _FORMAT + self._current + _encrypt(self._masters[self._current], key, _key_bond(person_id))

    def _unwrap(self, person_id: UUID, wrapped: bytes) -> bytes:
        start = len(_FORMAT) + _KEY_ID_BYTES
        master = self._masters.get(wrapped[len(_FORMAT) : start])
        if master is None or not wrapped.startswith(_FORMAT):
            raise Unreadable
        return _decrypt(master, wrapped[start:], _key_bond(person_id))


def _key_id(master_key: bytes) -> bytes:
    return hmac.digest(master_key, b"which master key", sha256)[:_KEY_ID_BYTES]


def _key_bond(person_id: UUID) -> bytes:
    return b"key\0" + person_id.bytes


def _field_bond(person_id: UUID, field: str) -> bytes:
    return b"field\0" + person_id.bytes + field.encode()


def _encrypt(key: AESGCM, plain: bytes, bond: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, bond)


def _decrypt(key: AESGCM, sealed: bytes, bond: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bond)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        raise Unreadable from None
