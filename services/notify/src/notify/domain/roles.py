"""Whose work a task is: the roles of each desk (NO-4). Each role gets its own tasks and nobody else's."""

from collections.abc import Mapping, Sequence

DESK = ("caseworker", "assessor", "reporter")
"""Who works on a case that the agency holds; whoever reported a case may be its holder (ID-20)."""
ASSESSMENT = ("assessor",)
HOUSE = ("shelter-manager",)
SUPPORT = ("reintegration-worker", "caseworker", "shelter-manager")
"""Who takes support over: at the assistance centre, an NGO or a shelter (SH-8)."""
GUARDIANSHIP = ("caseworker",)
MIGRATION = ("migration-officer",)
MOTION = ("motion-officer",)
RETURN = ("return-officer",)
FUND_REQUEST = ("fund-requester",)
FUND_APPROVAL = ("fund-approver",)
FUND_RELEASE = ("fund-releaser",)
FUND_BANK = ("fund-accountant", "fund-releaser")
OPERATORS = ("operator",)

AT_THE_DESK: Mapping[str, str] = {
    "social_support": "reintegration-worker",
    "police": "shelter-manager",
}
"""The role that works on their cases at agencies of a kind where nobody of the desk need be."""


def desk_of(kind: str | None, roles: Sequence[str]) -> Sequence[str]:
    """For which roles somebody with these works on cases that their agency, of this kind, holds (ID-20)."""
    return (*roles, *DESK) if AT_THE_DESK.get(kind or "") in roles else roles
