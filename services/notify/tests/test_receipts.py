"""What became of a message, as the adapter or a person states it later (NO-4)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from notify.use_cases.sendings import begin_sending, claim_due

from .givens import Scene

At = Callable[[float], datetime]


@pytest.mark.parametrize(("outcome", "state"), [("delivered", "delivered"), ("failed", "failed")])
async def test_a_receipt_says_what_became_of_a_message(scene: Scene, outcome: str, state: str) -> None:
    """NO-4: receipts; a failed one reaches staff; the same receipt again changes nothing."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    gateway = scene.bench.calling_service("notify")
    body = {"reference": f"{(await scene.message()).id}.1", "outcome": outcome}
    assert (await gateway.post_ok("/api/receipts", body))["state"] == state
    assert (await gateway.post_ok("/api/receipts", body))["state"] == state
    assert ("message_failed" in await scene.tasks("holder")) == (outcome == "failed")


async def test_no_other_service_says_what_became_of_a_message(scene: Scene) -> None:
    """NO-4: providers answer with notify's own token; the id of a message is on the bus, and opens nothing."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    body = {"reference": f"{(await scene.message()).id}.1", "outcome": "delivered"}
    for service in ("shelter", "fund", "exchange"):
        assert (await scene.bench.calling_service(service).post("/api/receipts", body)).status_code == 403
    assert (await scene.message()).state == "sent"


async def test_a_later_receipt_corrects_the_earlier_one(scene: Scene) -> None:
    """NO-4: failed, then delivered, then returned after all; the events follow, and no second message goes out."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    gateway = scene.bench.calling_service("notify")
    reference = f"{(await scene.message()).id}.1"
    for outcome in ("failed", "delivered", "failed"):
        receipt = {"reference": reference, "outcome": outcome}
        assert (await gateway.post_ok("/api/receipts", receipt))["state"] == outcome
    published = [name for name, data in await scene.bench.published() if data.get("recipient") == "person"]
    outcomes = [name for name in published if name in ("NotificationDelivered", "NotificationFailed")]
    assert outcomes == ["NotificationDelivered", "NotificationFailed", "NotificationDelivered", "NotificationFailed"]
    assert await scene.sender().send_due() == 0


async def test_a_receipt_that_overtakes_the_record_stops_a_second_sending(scene: Scene, at: At) -> None:
    """NO-4: the sender died after sending; the gateway's receipt arrives before the retry."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    async with scene.unit_of_work() as uow:
        (claimed,) = await claim_due(uow)
        assert await begin_sending(uow, claimed)
    gateway = scene.bench.calling_service("notify")
    await gateway.post_ok("/api/receipts", {"reference": claimed.reference, "outcome": "delivered"})
    scene.bench.now = at(1)
    assert await scene.sender().send_due() == 0
    assert (await scene.message()).state == "delivered"
    assert scene.outside.mails == []


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        ("01993b0e-7c1e-7d33-9b1a-6f0a53f1c001.1", 404, "not_found"),
        ("nonsense", 422, "invalid_request"),
        ("{id}.7", 409, "receipt_of_earlier_round"),
    ],
)
async def test_a_receipt_for_something_else_is_refused(scene: Scene, reference: str, status: int, code: str) -> None:
    """NO-4."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    wire = reference.replace("{id}", str((await scene.message()).id))
    gateway = scene.bench.calling_service("notify")
    answer = await gateway.post("/api/receipts", {"reference": wire, "outcome": "delivered"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
