"""A hand-over is taken by an agency's system on the same basis as by its people: every basis, over the bus (ID-7)."""

from uuid import UUID

from casework.testing_bus import wrong_codes
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from nrm_events import exchange

from .givens import LATER, a_referred_case, moment


async def test_a_hand_over_is_taken_on_every_basis(identification: ServiceUnderTest) -> None:
    case = await a_referred_case(identification)

    def submit() -> exchange.ReferralTaken:
        return exchange.ReferralTaken(
            effective_at=moment(LATER), case_id=UUID(case["id"]), submission_id=new_id(), agency="mia-special"
        )

    assert await wrong_codes(identification, submit, action="acknowledge") == []
