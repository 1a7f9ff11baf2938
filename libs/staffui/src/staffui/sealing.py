"""What the pages keep that nobody else may read or change: tokens in sessions, sign-ins under way."""

import hmac
import os
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Sealing:
    """AES-GCM by a key of the service; each purpose opens only what was sealed for it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(sha256(b"seal" + key).digest())

    def seal(self, content: bytes, purpose: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, purpose)

    def open(self, sealed: bytes, purpose: bytes) -> bytes | None:
        """What was sealed for this purpose, or None."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose)
        except (InvalidTag, ValueError):
            return None

    def mark(self, content: str) -> str:
        """A text that only this service can make of `content`, such as the CSRF token of a session."""
        made = hmac.new(self._key, b"mark" + content.encode(), sha256).digest()
        return urlsafe_b64encode(made).rstrip(b"=").decode()


def is_same(one: str, other: str) -> bool:
    """Compared in a time that does not depend on them."""
    return hmac.compare_digest(one.encode(), other.encode())
