"""The headers of a message, as every reader checks them and AsyncAPI lists them: one list for both."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


@dataclass(frozen=True)
class Header:
    """What one header must look like; `needed`: a message without it is refused."""

    pattern: str
    description: str
    needed: bool = False


HEADERS: Mapping[str, Header] = {
    "content-type": Header("application/json(; ?charset=(utf|UTF)-8)?", "Of the value: JSON in UTF-8"),
    "ce_specversion": Header(r"1\.0", "CloudEvents 1.0, binary mode of its Kafka binding", needed=True),
    "ce_id": Header(_UUID, "A UUID, of version 7 from the platform; whoever has applied it once drops it", needed=True),
    "ce_type": Header(r"[a-zA-Z0-9._-]{1,120}", "Type and version, e.g. nrm.shelter.ShelterExtended.v1", needed=True),
    "ce_source": Header(r"/[a-z]+/[a-z-]{1,40}", "Who publishes: /nrm/<service>, /agency/<code>", needed=True),
    "ce_subject": Header(r"[a-z_]+/[A-Za-z0-9-]{1,64}", "The aggregate that changed, e.g. stay/0190…", needed=True),
    "ce_time": Header(r"[0-9TtZz:.+ -]{10,40}", "When the change was recorded, with zone", needed=True),
    "ce_sequence": Header(
        "[0-9]{1,12}",
        "Rises by one per publisher and case; not read where an agency sends it",
        needed=True,
    ),
    "ce_dataschema": Header(r"urn:nrm:schema:[a-zA-Z0-9._-]{1,120}", "URN of the schema in libs/events/schemas"),
    "ce_partitionkey": Header(_UUID, "The key: the case"),
    "ce_dataclassification": Header("case-reference|no-case", "Whether it belongs to a case"),
    "ce_correlationid": Header(_UUID, "The event that began all this"),
    "ce_causationid": Header(_UUID, "The event that this one answers"),
}
NEEDED = tuple(name for name, header in HEADERS.items() if header.needed)
_NEEDED = frozenset(NEEDED)
_FITS = {name: re.compile(header.pattern.encode()).fullmatch for name, header in HEADERS.items()}


def read(headers: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, bytes | None], str | None]:
    """The headers by name in small letters, for another library may write capitals, and what is wrong with them.

    `header_missing` or `header_malformed`; None: they keep the contract. None of ours may stand twice.
    """
    found: dict[str, bytes | None] = {}
    all_fit = True
    for written, content in headers:  # of every message: one plain loop, no second look
        name = written.lower()
        if fits := _FITS.get(name):
            all_fit = all_fit and name not in found and fits(content or b"") is not None
        found[name] = content
    if not found.keys() >= _NEEDED:
        return found, "header_missing"
    return found, None if all_fit else "header_malformed"
