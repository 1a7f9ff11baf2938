"""Which of an agency's bases on a case concern one stay or one hand-over (SH-7, ID-12).

The rights table states what a basis gives. A basis on the case alone is too wide: the operator of one stay is not the
operator of the next.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from casework.bases import GUARDIAN_AUTHORITY, HOLDER, Basis

from shelter.rights import FORMER_PLACE, OWN_REQUEST, PLACE


@dataclass(frozen=True)
class Viewed:
    """A stay and its viewer: the person moved in, the viewer requested it, the person agreed that the viewer reads."""

    stay_id: UUID
    began: bool
    own_request: bool
    agreed: bool


def concerning(stay: Viewed, own: Iterable[Basis]) -> frozenset[Basis]:
    """The bases that concern this stay.

    - the holder and the guardianship authority: every stay of the case
    - a formal body: stays that the person agreed to show it, and its own requests, marked so
    - an operator: the stay that it is requested for or serves in
    - whoever else serves the person: stays that began, without a kind, so that it reads no more than that they are
    - a consent to find a shelter: the agency's own requests
    """
    return frozenset(found for basis in own if (found := _as_concerning(stay, basis)))


def _as_concerning(stay: Viewed, basis: Basis) -> Basis | None:
    match basis.name, basis.about:
        case "holder" | "guardian_authority", _:
            concerns = True
        case "formal_body", _:
            concerns = stay.own_request or stay.agreed
            basis = basis if stay.agreed else replace(basis, about=OWN_REQUEST)
        case "asked", _:
            concerns = basis.ref == stay.stay_id
        case "serves", ("place" | "former_place") if basis.ref == stay.stay_id:
            concerns = True
        case "serves", about:
            concerns = stay.began and about != FORMER_PLACE
            basis = replace(basis, about="") if about == PLACE else basis
        case "consent", "shelter":
            concerns = stay.own_request
        case name, _:
            concerns = name == "consent"
    return basis if concerns else None


def sees_handover(handover_id: UUID, own: Collection[Basis], *, party: bool) -> bool:
    """SH-8: a hand-over is known to its two agencies, the holder and the guardianship authority."""
    answers = any(basis.ref == handover_id for basis in own)
    return party or answers or HOLDER in own or GUARDIAN_AUTHORITY in own
