"""What the gates of a return look at (RP-5, RP-6)."""

from datetime import datetime

from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork

from repatriation.domain import returns
from repatriation.facts import cases
from repatriation.parameters import value_or_none
from repatriation.tables import Return


async def facts_of(uow: UnitOfWork, row: Return, at: datetime) -> returns.Facts:
    """What the rules look at beside the state, for whoever acts, on the day of the act."""
    claims = (await cases.open_claims(uow, [row.case_id])).get(row.case_id, [])
    unseen = [c for c in claims if c.kind == "compensation" and str(c.claim_id) not in row.claims_found]
    return returns.Facts(
        requested_at=row.requested_at,
        is_child=await cases.was_child_at(uow, row.case_id, at),
        is_citizen=(await cases.person(uow, row.case_id)).citizenship == "citizen",
        has_guardian=await cases.has_guardian(uow, row.case_id, at),
        agreed_as_child=row.agreed_as_child,
        acts_again=uow.actor.sub in (row.risk_assessed_by, row.best_interests_by),
        cleared_alone=row.state in returns.ON_THE_WAY and not _is_cleared_by_another(row),
        consent_at=row.consent_at,
        risk=_risk(row),
        risk_valid_days=value_or_none("risk_assessment_valid_days", local_date(at)),
        best_interests=_best_interests(row),
        claims_checked_at=row.claims_checked_at,
        has_unseen_claims=bool(unseen),
        handover_offered=row.handover_to is not None,
        acknowledged_by_another=receives_itself(row) and row.handover_to != uow.actor.agency,
        offered_it=uow.actor.sub == row.handover_by,
    )


def _is_cleared_by_another(row: Return) -> bool:
    return row.cleared_by is not None and row.cleared_by not in (row.risk_assessed_by, row.best_interests_by)


def receives_itself(row: Return) -> bool:
    """RP-6: the receiving body is an agency of the mechanism; a body outside has nobody here who could answer."""
    return row.handover_to is not None and row.handover_to not in returns.OUTSIDE_BODIES


def _risk(row: Return) -> returns.Risk | None:
    if row.risk_level is None or row.risk_assessed_at is None:
        return None
    return returns.Risk(row.risk_level, bool(row.retrafficking_risk), row.risk_assessed_at)


def _best_interests(row: Return) -> returns.BestInterests | None:
    if row.best_interests is None or row.opinion_heard is None:
        return None
    return returns.BestInterests(row.best_interests, row.opinion_heard)
