"""Codes of the second factor (TOTP, RFC 6238), as an app on a phone shows them."""

import hashlib
import hmac
import struct
import time

from local_stack.names import StackError
from local_stack.realm_declared import declaration, people
from local_stack.state import State, secret

KIND = "otp"
"""Where the secrets of demo people stand in `secrets.json`."""
PERIOD = 30
DIGITS = 6


def code(key: str, at: float) -> str:
    """The code of a secret at a time, in seconds since 1970."""
    digest = hmac.new(key.encode(), struct.pack(">Q", int(at // PERIOD)), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def code_of(state: State, username: str) -> str:
    """The code of one of the demo's people now.

    Raises:
        StackError: There is no such person, or their role needs no code.
    """
    found = next((person for person in people() if person.username == username), None)
    if found is None:
        raise StackError(f"{username}: the demo has no such person")
    if found.role not in declaration()["second_factor"]:
        raise StackError(f"{username}: a {found.role} signs in with a password alone")
    return code(secret(state, KIND, username), time.time())
