"""Why an agency knows of a case, and what a rights table needs (docs/adr/0021). Pure.

A right has three parts: role × action × basis. A `Basis` is a row of `case_access`; an `Asked` is what one cell of a
rights table needs of that row.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

NAMES = (
    "holder",
    "formal_body",
    "guardian_authority",
    "asked",
    "serves",
    "told_of_bar",
    "consent",
    "court",
)
NO_ID = UUID(int=0)


@dataclass(frozen=True, order=True)
class Basis:
    """One reason why an agency knows of a case.

    `about` is the kind of the request or the service (`place`, `handover`, …), or the purpose of a consent;
    `data_class` is the class of data of a consent or a court's decision (ID-12, ID-13); `ref` is the id of that object.
    """

    name: str
    about: str = ""
    data_class: str = ""
    ref: UUID = NO_ID


HOLDER = Basis("holder")
FORMAL_BODY = Basis("formal_body")
GUARDIAN_AUTHORITY = Basis("guardian_authority")


def requested(kind: str, ref: UUID) -> Basis:
    """A request of this kind waits for the agency's answer."""
    return Basis("asked", kind, ref=ref)


def serves(kind: str, ref: UUID) -> Basis:
    """The agency accepted and serves the person: a stay, a hand-over, a service referral, a course."""
    return Basis("serves", kind, ref=ref)


def told_of_bar(ref: UUID) -> Basis:
    """The migration service is notified of a removal bar (RP-4)."""
    return Basis("told_of_bar", ref=ref)


def consent(purpose: str, data_class: str, ref: UUID) -> Basis:
    """The person agreed that the agency gets this class of data for this purpose (ID-12)."""
    return Basis("consent", purpose, data_class, ref)


def court(data_class: str, ref: UUID) -> Basis:
    """A court or prosecutor decided that the agency gets this class of data (ID-13)."""
    return Basis("court", data_class=data_class, ref=ref)


@dataclass(frozen=True)
class Asked:
    """What a cell of a rights table needs: a basis, of some kinds or purposes and classes of data.

    An empty list means any.
    """

    name: str
    about: frozenset[str] = frozenset()
    data_class: frozenset[str] = frozenset()

    def covers(self, basis: Basis) -> bool:
        """Whether this row of `case_access` gives the right."""
        return (
            basis.name == self.name
            and (not self.about or basis.about in self.about)
            and (not self.data_class or basis.data_class in self.data_class)
        )


Cell = tuple[Asked, ...]

BY_HOLDER = Asked("holder")
BY_FORMAL_BODY = Asked("formal_body")
BY_GUARDIAN_AUTHORITY = Asked("guardian_authority")
BY_TOLD_OF_BAR = Asked("told_of_bar")
ANY_BASIS: Cell = tuple(Asked(name) for name in NAMES)
"""What every basis gives: the reference, the age group, the clocks of one's own part."""


def by_asked(*kinds: str) -> Asked:
    return Asked("asked", frozenset(kinds))


def by_serving(*kinds: str) -> Asked:
    return Asked("serves", frozenset(kinds))


def by_consent(*purposes: str, data_class: Iterable[str] = ()) -> Asked:
    return Asked("consent", frozenset(purposes), frozenset(data_class))


def by_court(*data_class: str) -> Asked:
    return Asked("court", data_class=frozenset(data_class))


def may(roles: Iterable[str], *bases: Asked) -> dict[str, Cell]:
    """The same bases for each of these roles: the row of an action in a rights table.

    Rows are joined by `|`; where two name one role, the later one counts.
    """
    return dict.fromkeys(roles, tuple(bases))


ENDED = "ended"
"""`about` of a formal body's row once the case is closed: it reads its own record, and acts no more."""
BY_FORMAL_BODY_EVER = Asked("formal_body", frozenset({"", ENDED}))
"""For acts that a closed case takes as well: its decisions are revoked, appealed and reopened (ID-9)."""
_READS = ("see_", "list_", "read_", "receive_", "print_", "who_knows")
_ACTS = ("receive_motion_permit", "receive_report", "receive_income")  # named like reads


def for_action(needed: Asked, action: str) -> Asked:
    """What a cell needs in this action: a formal body whose case is closed has the reads alone."""
    if needed.name == "formal_body" and (action in _ACTS or not action.startswith(_READS)):
        return replace(needed, about=needed.about or frozenset({""}))
    return needed


def covered(cell: Iterable[Asked], own: Collection[Basis]) -> bool:
    """Whether one of the bases that the agency has gives the right."""
    return any(needed.covers(basis) for needed in cell for basis in own)
