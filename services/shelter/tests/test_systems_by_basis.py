"""What agencies' systems send is decided by the same rights: every basis, over the bus (ID-12, SH-8)."""

from uuid import UUID

from casework.testing_bus import wrong_codes
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from nrm_events import exchange

from .givens import LATER, a_handover, a_hidden_case, at


async def test_support_is_taken_over_on_every_basis(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    handover = UUID((await a_handover(shelter, case_id))["id"])

    def submit() -> exchange.HandoverAnswered:
        return exchange.HandoverAnswered(
            effective_at=at(LATER),
            case_id=case_id,
            handover_id=handover,
            taken=True,
            submission_id=new_id(),
            agency="vac",
        )

    assert await wrong_codes(shelter, submit, action="acknowledge", refs={"handover": handover}) == []


async def test_a_course_is_recorded_on_every_basis(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)

    def submit() -> exchange.CourseEnrolmentTold:
        return exchange.CourseEnrolmentTold(
            effective_at=at(LATER),
            case_id=case_id,
            course="sewing",
            enrolled=3,
            needed=10,
            submission_id=new_id(),
            agency="vac",
        )

    assert await wrong_codes(shelter, submit, action="record_course") == []
