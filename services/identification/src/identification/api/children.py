"""What is done for a found child, in the order of ID-5. Each act answers with the case as it is after it."""

from uuid import UUID

from chassis import http
from chassis.http import Now, Session
from chassis.rights import Who, right

from identification import schemas as s
from identification.queries import case_answer
from identification.use_cases.children import take_step

commands = http.commands()


@commands.post("/api/cases/{case_id}/guardian", **right("appoint_guardian"))
async def appoint_guardian(case_id: UUID, body: s.NewGuardian, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """A guardian comes first (ID-5)."""
    case = await take_step(session, who, case_id, "guardian", body.outcome, body.reference, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/identity-establishment", **right("establish_identity"))
async def establish_identity(
    case_id: UUID, body: s.NewIdentityStep, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Then who the child is (ID-5)."""
    case = await take_step(session, who, case_id, "identity", body.outcome, None, body.happened_at, now)
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/family-tracing", **right("trace_family"))
async def trace_family(case_id: UUID, body: s.NewTracing, who: Who, session: Session, now: Now) -> s.CaseAnswer:
    """Then the family, if it is in the child's interest (ID-5)."""
    case = await take_step(session, who, case_id, "family_tracing", body.outcome, None, body.happened_at, now)
    return await case_answer(session, who, case, now)
