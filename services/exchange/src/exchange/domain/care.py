"""Which consent opens care of which kind (ID-12): the mapping of the shelter service, as data. Pure."""

from collections.abc import Mapping

from casework.bases import Basis

KIND_FIELD: Mapping[str, str] = {"shelter.AssistanceGiven": "kind"}
"""Events of care → the field with its kind."""
_OWN_PURPOSE: Mapping[str, str] = {
    "medicine": "medical",
    "first_aid": "medical",
    "medical": "medical",
    "psychological": "psychological",
    "legal": "legal_aid",
    "employment": "reintegration",
    "housing": "reintegration",
    "documents": "reintegration",
    "benefits": "reintegration",
}


def purposes_of(kind: str) -> frozenset[str]:
    """The purposes of a consent that let its recipient know of care of this kind."""
    return frozenset({"assistance", _OWN_PURPOSE.get(kind, "assistance")})


def opens(basis: Basis, event: str, fields: Mapping[str, object]) -> bool:
    """Whether the consent is for the event's kind of care; no other basis depends on the kind."""
    if basis.name != "consent" or event not in KIND_FIELD:
        return True
    return basis.about in purposes_of(str(fields.get(KIND_FIELD[event])))
