"""Case references: short, random, safe to read out over a telephone, and saying nothing about the person. Pure."""

# Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BYTES = 5  # random bytes that one reference needs: 35 of their 40 bits are used
_LENGTH = 8
_FIELD = 0b100101  # x⁵ + x² + 1, under which the 32 signs are a field and x runs through all but zero
_READ_AS = {ord("I"): "1", ord("L"): "1", ord("O"): "0", ord("-"): None, ord(" "): None}


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD if doubled > 31 else doubled


def _check(values: list[int]) -> int:
    """The last sign: Σ xⁱ·vᵢ. Weights differ and are not zero, so a wrong sign or two exchanged ones change it."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total


def make(random: bytes) -> str:
    """A reference such as `K7F3-XA9M` from 5 random bytes; ValueError for another number of bytes."""
    if len(random) != BYTES:
        raise ValueError(f"a case reference is made of {BYTES} random bytes")
    number = int.from_bytes(random, "big")
    values = [number >> 5 * place & 31 for place in range(_LENGTH - 1)]
    signs = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return f"{signs[:4]}-{signs[4:]}"


def read(text: str) -> str | None:
    """The reference as stored, or None if this cannot be one. Small letters, I, L, O, hyphens, spaces are forgiven."""
    signs = text.strip().upper().translate(_READ_AS) if len(text) <= 32 else ""
    if len(signs) != _LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    values = [ALPHABET.index(sign) for sign in signs]
    return f"{signs[:4]}-{signs[4:]}" if _check(values[:-1]) == values[-1] else None


def is_valid(text: str) -> bool:
    """Whether arithmetic allows this reference: every wrong sign and every two exchanged neighbours are found."""
    return read(text) is not None
