"""Whose hands a claim went through: requested, approved, released, each by another person (FU-6)."""

from collections.abc import Sequence

from chassis import audit
from chassis.unit_of_work import UnitOfWork

from fund.answers import HandAnswer
from fund.tables import Claim

_PARTS = (
    ("requested", "requested_by", ("submit",), "submit"),
    ("first_approved", "first_approved_by", ("approve_first",), "approve"),
    ("approved", "approved_by", ("approve", "approve_on_appeal"), "approve"),
    ("released", "released_by", ("release",), "release"),
)
"""Part, the column with who did it, the audited acts that do it, and the right to it."""


async def hands(uow: UnitOfWork, claim: Claim) -> Sequence[HandAnswer]:
    """The parts in their order, by role and agency, never by name; what is still to come has neither."""
    done = await audit.history(
        uow.session, subject=f"claim/{claim.id}", case_id=claim.case_id, actions=[a for part in _PARTS for a in part[2]]
    )
    found = []
    for part, column, acts, right in _PARTS:
        who = getattr(claim, column)
        last = next((item for item in done if item.action in acts), None) if who else None
        if who or part != "first_approved":
            found.append(
                HandAnswer(
                    part=part,
                    at=last.effective_at if last else None,
                    role=last.role if last else None,
                    agency=last.agency if last else None,
                    yours=who == uow.actor.sub,
                    roles=sorted(uow.rights[right]),
                )
            )
    return found
