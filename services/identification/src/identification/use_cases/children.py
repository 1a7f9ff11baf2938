"""Guardian, identity, family tracing: what follows once a child was found (ID-5)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events.identification import ChildStepTaken
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import children
from identification.tables import Case, ChildStep
from identification.use_cases.acts import note, open_going_case

_ACTIONS: Mapping[children.Step, str] = {
    "guardian": "appoint_guardian",
    "identity": "establish_identity",
    "family_tracing": "trace_family",
}


async def take_step(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    step: children.Step,
    outcome: str,
    reference: str | None,
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Record the step; one that comes before it was done already, and does not come after it in time (ID-5)."""
    case = await open_going_case(session, who, case_id, _ACTIONS[step])
    rows = await session.scalars(select(ChildStep).where(ChildStep.case_id == case.id).order_by(ChildStep.id))
    newest = {row.step: row for row in rows}
    children.check_step(step, outcome, case.age_group, {name: row.outcome for name, row in newest.items()})
    earlier = [newest[name].taken_at for name in children.ORDER[: children.ORDER.index(step) + 1] if name in newest]
    at = effective(happened_at, now, not_before=max([case.reported_at, *earlier]))
    row = ChildStep(
        id=new_id(),
        case_id=case.id,
        step=step,
        outcome=outcome,
        reference=reference,
        taken_by=who.agency,
        taken_at=at,
    )
    session.add(row)
    emit(session, ChildStepTaken(effective_at=at, case_id=case.id, step_id=row.id, step=step, outcome=outcome))
    note(session, who, case, _ACTIONS[step], at, f"child-step/{row.id}", outcome=outcome)
    return case
