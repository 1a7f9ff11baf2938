"""Care during the stay and after it: services and payers (SH-6), hand-over and assistance (SH-8), closures (SH-9)."""

from collections.abc import Collection, Iterable, Mapping
from typing import get_args

from casework.bases import Basis
from chassis.errors import NotPossible
from chassis.machine import Machine

from shelter.domain.codes import SERVICES, AssistanceKind
from shelter.rights import NEEDS

HANDOVER = Machine(
    "hand-over",
    "requested",
    {
        ("requested", "acknowledge"): "acknowledged",
        ("requested", "decline_handover"): "declined",
        ("requested", "withdraw"): "withdrawn",
        ("acknowledged", "re_examine_handover"): "acknowledged",
        ("acknowledged", "end_handover"): "ended",
    },
)

CLOSURE = Machine("closure", "open", {("open", "move_return"): "open", ("open", "end"): "ended"})

CONFLICT = Machine("conflict", "active", {("active", "end"): "ended"})

PLACE_PURPOSES = frozenset({"shelter", "assistance"})
"""Purposes of a consent on which a request for a place rests (ID-12)."""
SUPPORT_PURPOSES = PLACE_PURPOSES | {"reintegration", "medical", "psychological", "legal_aid"}
"""Purposes of a consent on which a hand-over of support rests (ID-12)."""
COURSE_PURPOSES = frozenset({"assistance", "reintegration"})

_TAKES_SUPPORT = frozenset({"social_support", "ngo", "child_protection"})
_NEVER_PAYS = frozenset({"oversight"})
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
ASSISTANCE_KINDS: tuple[str, ...] = get_args(AssistanceKind)


def purposes_of(kind: str) -> frozenset[str]:
    """ID-12: the purposes of a consent that let its recipient read of care of this kind."""
    return frozenset({"assistance", _OWN_PURPOSE.get(kind, "assistance")})


def services_agreed_to(own: Collection[Basis]) -> frozenset[str]:
    """ID-12: the services during a stay that the person agreed to show the agency, by its consents."""
    agreed = {basis.about for basis in own if basis.name == "consent" and basis.data_class in NEEDS}
    return frozenset(service for service in SERVICES if purposes_of(service) & agreed)


def takes_support(kind: str | None) -> bool:
    """SH-8: support goes to the assistance centre, an NGO or the body for children, and never to the police (ID-7)."""
    return kind in _TAKES_SUPPORT


def pays(kind: str | None) -> bool:
    """SH-6: a body that only watches over the others pays for nothing."""
    return kind not in _NEVER_PAYS


def check_service(service: str, age_group: str, children: int) -> None:
    """SH-6: education is for children, the person or those who came along. NotPossible `education_is_for_children`."""
    if service == "education" and age_group == "adult" and not children:
        raise NotPossible("education_is_for_children", "Education during the stay is for children.")


def check_assistance(acknowledged: bool) -> None:
    """SH-8: an agency assists once it took the support over. NotPossible `handover_not_acknowledged`."""
    if not acknowledged:
        raise NotPossible("handover_not_acknowledged", "The hand-over to your agency is not acknowledged.")


def reasons_to_state(codes: Iterable[str]) -> list[str]:
    """SH-4: the reasons of a refusal. That a conflict lives in the house would show where the other is."""
    return list(dict.fromkeys("no_free_bed" if code == "conflict" else code for code in codes))


def next_answer(refused: int, addressed: int) -> str | None:
    """SH-4: the machine's action after a refusal: the request is refused once every operator refused."""
    return "refuse" if refused >= addressed else None
