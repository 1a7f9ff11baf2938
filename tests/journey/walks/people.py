"""Who walks the journeys, and names that nobody else has."""

from secrets import choice

NGO, HOTLINE, ASSESSOR = "ngo-amc.caseworker", "mia-hotline.reporter", "mia-special.assessor"
_SOUNDS = "bdfklmnprstvz"


def invented(syllables: int = 5) -> str:
    """A name that nobody else has."""
    return "".join(f"{choice(_SOUNDS)}{choice('aou')}" for _ in range(syllables)).capitalize()
