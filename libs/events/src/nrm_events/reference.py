"""Case references: short, safe to read out over a telephone, and without a fact about the person.

A reference follows from the case id, so every service and agency knows it without an event that carries it.
"""

from hashlib import sha256
from uuid import UUID

# Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_FIELD = 0b100101  # x⁵ + x² + 1, under which the 32 signs are a field and x runs through all but zero
_READ_AS = {ord("I"): "1", ord("L"): "1", ord("O"): "0", ord("-"): None, ord(" "): None}


def case_reference(case_id: UUID) -> str:
    """The reference of a case, such as `K7F3-XA9M`: 35 bits of a hash of its id and a check character.

    Two ids may have one reference; identification draws new ids until the reference is free.
    """
    number = int.from_bytes(sha256(b"nrm case reference" + case_id.bytes).digest()[:5], "big")
    values = [number >> 5 * place & 31 for place in range(_LENGTH - 1)]
    signs = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return f"{signs[:4]}-{signs[4:]}"


def read_reference(text: str) -> str | None:
    """The reference as stored, or None if this cannot be one. Small letters, I, L, O, hyphens, spaces are forgiven."""
    signs = text.strip().upper().translate(_READ_AS) if len(text) <= 32 else ""
    if len(signs) != _LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    values = [ALPHABET.index(sign) for sign in signs]
    return f"{signs[:4]}-{signs[4:]}" if _check(values[:-1]) == values[-1] else None


def is_valid_reference(text: str) -> bool:
    """Whether arithmetic allows this reference: every wrong sign and every two exchanged neighbours are found."""
    return read_reference(text) is not None


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD if doubled > 31 else doubled


def _check(values: list[int]) -> int:
    """The last sign: Σ xⁱ·vᵢ. Weights differ and are not zero, so a wrong sign or two exchanged ones change it."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total
