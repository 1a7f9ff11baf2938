"""An open damage claim raises a hold that advises (RP-4)."""

from datetime import timedelta
from uuid import uuid4

from chassis.testing import ServiceUnderTest
from nrm_events import fund, identification

from .givens import (
    CONSIDERED,
    MOTION_OFFICER,
    OPENED,
    a_case,
    bars_of,
    claim,
)


async def test_an_open_damage_claim_raises_a_hold_that_advises(repatriation: ServiceUnderTest) -> None:
    """RP-4: an allowance raises none; paid, the hold ends; the order of the two topics does not matter."""
    case = uuid4()
    claim_id = await claim(repatriation, case)
    await claim(repatriation, case, kind="allowance")
    await repatriation.receives(
        identification.CaseOpened(
            effective_at=OPENED,
            case_id=case,
            report_id=uuid4(),
            holder="mia-special",
            age_group="adult",
            citizenship="unknown",
        )
    )
    (hold,) = await bars_of(repatriation, case)
    assert (hold["basis"], hold["advisory"], hold["state"]) == ("open_claim", True, "standing")
    refused = await repatriation.person(MOTION_OFFICER).get(f"/api/bars/{hold['id']}/certificate")
    assert (refused.status_code, refused.json()["code"]) == (409, "only_advises")
    await repatriation.receives(
        fund.PaymentMade(
            effective_at=CONSIDERED + timedelta(days=9),
            case_id=case,
            claim_id=claim_id,
            kind="compensation",
            amount_qepik=500_000,
            order_id=uuid4(),
        )
    )
    assert (await bars_of(repatriation, case))[0]["state"] == "lifted"


async def test_a_payment_that_came_back_raises_the_hold_again(repatriation: ServiceUnderTest) -> None:
    """RP-4, FU-7: what the bank gave back is owed as before."""
    case = await a_case(repatriation, citizenship="unknown", holder="mia-special")
    about = {"case_id": case, "claim_id": await claim(repatriation, case), "kind": "compensation"}
    about |= {"amount_qepik": 500_000, "order_id": uuid4()}
    await repatriation.receives(fund.PaymentMade(effective_at=CONSIDERED + timedelta(days=9), **about))
    await repatriation.receives(
        fund.PaymentReturned(effective_at=CONSIDERED + timedelta(days=12), reason="account_closed", **about)
    )
    assert sorted(bar["state"] for bar in await bars_of(repatriation, case)) == ["lifted", "standing"]


async def test_a_rejection_that_can_be_appealed_leaves_the_hold(repatriation: ServiceUnderTest) -> None:
    """RP-4: the claim is open until it is rejected for good."""
    case = await a_case(repatriation, citizenship="unknown", holder="mia-special")
    claim_id = await claim(repatriation, case)
    for day, final, state in ((1, False, "standing"), (9, True, "lifted")):
        await repatriation.receives(
            fund.ClaimRejected(
                effective_at=CONSIDERED + timedelta(days=day),
                case_id=case,
                claim_id=claim_id,
                kind="compensation",
                amount_qepik=500_000,
                reasons=["no_court_decision"],
                final=final,
            )
        )
        assert [bar["state"] for bar in await bars_of(repatriation, case)] == [state]


async def test_a_cancelled_claim_lifts_its_hold(repatriation: ServiceUnderTest) -> None:
    """RP-4: the advisory hold ends with the claim, however the claim ends."""
    case = await a_case(repatriation, citizenship="unknown", holder="mia-special")
    claim_id = await claim(repatriation, case)
    await repatriation.receives(
        fund.ClaimCancelled(
            effective_at=CONSIDERED + timedelta(days=9),
            case_id=case,
            claim_id=claim_id,
            kind="compensation",
            amount_qepik=500_000,
            reasons=["need_ended"],
        )
    )
    assert [bar["state"] for bar in await bars_of(repatriation, case) if bar["basis"] == "open_claim"] == ["lifted"]
