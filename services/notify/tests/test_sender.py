"""NO-2 and NO-4 against real servers: e-mail by SMTP, SMS by HTTP, the safe contact asked for when sending."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import Stack
from notify.adapters.channels import Email
from notify.domain.texts import says_too_much
from notify.resources import Letter
from notify.use_cases.sendings import claim_due
from nrm_events import identification as ids

from .givens import ADDRESS, PHONE, Scene

At = Callable[[float], datetime]


async def queued(scene: Scene) -> None:
    await scene.case_opens()
    await scene.bench.receives(scene.identified())


async def test_an_e_mail_says_that_something_waits_and_nothing_else(scene: Scene) -> None:
    """NO-1, in the words that arrive: sender, subject, body, headers."""
    await queued(scene)
    assert await scene.sender().send_due() == 1
    (mail,) = scene.outside.mails
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Bildiriş")
    assert str(mail["From"]) == "Bildiriş <bildiris@localhost>"
    body = mail.get_payload(decode=True).decode().strip()  # type: ignore[union-attr]  # one part
    assert body == "Sizə məlum nömrəyə zəng edin. İş günləri, 09:00–18:00."
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("az", "auto-generated")
    assert says_too_much(mail["Subject"]) == []
    assert str(scene.case_id) not in mail.as_string()
    assert (await scene.message()).state == "sent"
    published = [name for name, _ in await scene.bench.published(scene.case_id)]
    assert published.count("NotificationDelivered") == 2  # the holder's task, and the message
    assert scene.outside.requests[0]["case_id"] == str(scene.case_id)
    assert scene.outside.bearer[0].startswith("Bearer ")


async def test_an_sms_goes_over_the_gateway_in_the_language_marked_safe(scene: Scene) -> None:
    """NO-2, NO-4."""
    scene.outside.contact = {"channel": "sms", "address": PHONE, "hours": None, "language": "ru"}
    await queued(scene)
    await scene.sender().send_due()
    (text,) = scene.outside.texts
    assert (text["to"], text["text"]) == (PHONE, "Позвоните по известному Вам номеру. Рабочие дни, 09:00–18:00.")
    assert text["reference"] == f"{(await scene.message()).id}.1"


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        (None, "no_safe_contact"),
        ({"channel": "letter", "address": ADDRESS, "hours": None, "language": "az"}, "channel_unknown"),
        ({"channel": "email", "address": ADDRESS, "hours": None, "language": "hi"}, "language_without_template"),
        ({"channel": "email", "address": ADDRESS, "hours": "mornings", "language": "az"}, "hours_unreadable"),
        ({"channel": "email"}, "not_an_email"),
        ({"channel": "sms", "address": "152", "hours": None, "language": "az"}, "not_a_phone_number"),
        ({"channel": "email", "address": ADDRESS, "hours": "10:00-10:00", "language": "az"}, "hours_empty"),
        ({"channel": "email", "address": "person.@example.org", "hours": None, "language": "az"}, "not_an_email"),
    ],
)
async def test_fail_closed_and_staff_are_told(scene: Scene, contact: dict[str, Any] | None, reason: str) -> None:
    """NO-2: nothing is sent; the holding agency finds a task; the bus says ContactWithheld."""
    scene.outside.contact = contact
    await queued(scene)
    await scene.sender().send_due()
    message = await scene.message()
    assert (message.state, message.reason) == ("withheld", reason)
    assert scene.outside.mails == []
    assert scene.outside.texts == []
    assert await scene.tasks("holder") == ["case_recognised", "contact_withheld"]
    withheld = [body for name, body in await scene.bench.published() if name == "ContactWithheld"]
    assert [body["reason"] for body in withheld] == [reason]
    assert await scene.sender().send_due() == 0


async def test_outside_the_safe_hours_it_waits_for_the_next_window(scene: Scene, at: At) -> None:
    """NO-2: it is noon in Baku; the hours are 18:00-20:00. The contact is asked anew when the window opens."""
    scene.outside.contact = {"channel": "email", "address": ADDRESS, "hours": "18:00-20:00", "language": "az"}
    await queued(scene)
    await scene.sender().send_due()
    assert ((await scene.message()).state, (await scene.message()).next_at) == ("queued", at(6))
    assert await scene.sender().send_due() == 0
    scene.bench.now = at(6)
    await scene.sender().send_due()
    assert len(scene.outside.mails) == 1
    assert len(scene.outside.requests) == 2


async def test_with_identification_down_nothing_is_sent_and_it_is_asked_again(scene: Scene, at: At) -> None:
    """NO-2: fail closed, retry later; after some days staff are published."""
    scene.outside.contact_status = 503
    await queued(scene)
    await scene.sender().send_due()
    assert ((await scene.message()).state, (await scene.message()).reason) == ("queued", "identification_silent")
    assert scene.outside.mails == []
    scene.outside.contact_status = 200
    scene.bench.now = at(0.1)
    await scene.sender().send_due()
    assert len(scene.outside.mails) == 1


async def test_identification_silent_for_days_fails_and_staff_are_told(scene: Scene, at: At) -> None:
    """NO-4: every retry has a bound."""
    scene.outside.contact_status = 403
    await queued(scene)
    scene.bench.now = at(24 * 4)
    await scene.sender().send_due()
    assert ((await scene.message()).state, (await scene.message()).reason) == ("failed", "identification_silent")
    assert "message_failed" in await scene.tasks("holder")


async def test_retries_grow_and_the_last_failure_reaches_staff(scene: Scene) -> None:
    """NO-4: pauses 1m, 5m, 30m, 2h, 12h; the same reference each time; then the inbox."""
    scene.outside.contact = {"channel": "sms", "address": PHONE, "hours": None, "language": "az"}
    scene.outside.gateway_status = 503
    await queued(scene)
    pauses = []
    for _ in range(5):
        assert await scene.sender().send_due() == 1
        due = (await scene.message()).next_at
        pauses.append(due - scene.bench.clock())
        scene.bench.now = due
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
    await scene.sender().send_due()
    message = await scene.message()
    assert (message.state, message.reason, message.tries) == ("failed", "gateway_refused", 6)
    assert "message_failed" in await scene.tasks("holder")
    assert "NotificationFailed" in [name for name, _ in await scene.bench.published()]


async def test_a_refused_mailbox_is_not_tried_again(scene: Scene) -> None:
    """NO-4."""
    scene.outside.mail_answer = "550 no such mailbox"
    await queued(scene)
    await scene.sender().send_due()
    assert ((await scene.message()).state, (await scene.message()).reason) == ("failed", "mail_refused")


async def test_without_a_connected_gateway_an_sms_is_withheld(scene: Scene) -> None:
    """NO-2: another channel is never taken instead."""
    scene.outside.contact = {"channel": "sms", "address": PHONE, "hours": None, "language": "az"}
    await queued(scene)
    only_mail = {"email": scene.sender().resources.channels["email"]}
    await scene.sender(channels=only_mail).send_due()
    assert (await scene.message()).reason == "channel_not_connected"
    assert scene.outside.mails == []


class DiesAfterSending(Email):
    """The process is killed between the provider's answer and the record."""

    async def send(self, letter: Letter) -> None:
        await super().send(letter)
        raise asyncio.CancelledError


async def test_a_crash_between_sending_and_recording_sends_once_more_at_most(scene: Scene, at: At) -> None:
    """NO-4: what is unavoidable is one copy with the same Message-ID; after a second crash staff are published."""
    await queued(scene)
    sender = scene.sender()
    dying = DiesAfterSending(scene.bench.settings.smtp, "bildiris@localhost")  # type: ignore[attr-defined]  # its own
    crashing = scene.sender(channels={"email": dying})
    with pytest.raises(asyncio.CancelledError):
        await crashing.send_due()
    assert (await scene.message()).state == "sending"
    assert await sender.send_due() == 0  # its lease still runs
    scene.bench.now = at(0.1)
    with pytest.raises(asyncio.CancelledError):
        await crashing.send_due()
    scene.bench.now = at(0.2)
    await sender.send_due()
    message = await scene.message()
    assert (message.state, message.reason, message.unknown_outcomes) == ("failed", "outcome_unknown", 2)
    assert {mail["Message-ID"] for mail in scene.outside.mails} == {f"<{message.id}.1@localhost>"}
    assert len(scene.outside.mails) == 2


async def test_a_crash_before_sending_loses_and_doubles_nothing(scene: Scene, at: At) -> None:
    """NO-4: a claim whose sender died is taken over when its lease ends."""
    await queued(scene)
    async with scene.unit_of_work() as uow:
        await claim_due(uow)
    assert await scene.sender().send_due() == 0
    scene.bench.now = at(0.1)
    await scene.sender().send_due()
    assert len(scene.outside.mails) == 1


async def test_two_senders_at_once_send_each_message_once(scene: Scene) -> None:
    """NO-4: two clients race for the same messages."""
    for _ in range(12):
        case_id = await scene.case_opens(case_id=uuid4())
        await scene.bench.receives(scene.identified(case_id=case_id))
    counts = await asyncio.gather(*(scene.sender().send_due() for _ in range(3)))
    assert sum(counts) == 12
    assert len({mail["Message-ID"] for mail in scene.outside.mails}) == len(scene.outside.mails) == 12


async def test_a_planted_address_is_in_no_table_and_on_no_event_of_notify(
    scene: Scene, at: At, capfd: pytest.CaptureFixture[str]
) -> None:
    """NO-2, protection.md: every column of every table, the outbox, what was logged."""
    await queued(scene)
    await scene.sender().send_due()
    scene.outside.contact = {"channel": "sms", "address": PHONE, "hours": "00:00-24:00", "language": "az"}
    scene.outside.gateway_status = 400
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    await scene.ticks(at(1))
    tables = await scene.rows(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    assert len(tables) > 10
    for table in tables:
        rows = await scene.rows(f"select to_jsonb(t)::text as row from {table.table_name} t")  # noqa: S608
        stored = " ".join(row.row for row in rows)
        values = await scene.rows("select convert_from(value, 'UTF8') as value from outbox")
        stored += " ".join(row.value for row in values)
        for planted in (ADDRESS, "simurq", PHONE, PHONE[1:]):
            assert planted not in stored, table.table_name
    written = "".join(capfd.readouterr())
    assert "simurq" not in written
    assert PHONE not in written


async def test_an_e_mail_reaches_the_mail_server_of_the_stack(scene: Scene) -> None:
    """NO-4: the same code against the sink that the local stack runs."""
    stack = Stack.running()
    reference = f"{uuid4()}.1"
    letter = Letter("nobody@example.org", "Bildiriş", "Yeni bildirişiniz var.", "az", reference)
    await Email(stack.endpoints["smtp"], "bildiris@localhost").send(letter)


@pytest.mark.parametrize("outcome", ["closed", "withdrawn", "transferred_abroad"])
async def test_a_queued_message_of_a_case_that_ended_is_not_sent(scene: Scene, at: At, outcome: str) -> None:
    """NO-2: the case is looked at again when the message goes out; what follows is sent, but not after a withdrawal."""
    await queued(scene)
    scene.bench.now = at(1)
    await scene.bench.receives(ids.CaseClosed(case_id=scene.case_id, effective_at=at(1), outcome=outcome))
    await scene.sender().send_due()
    message = await scene.message()
    assert (message.state, message.reason, scene.outside.mails) == ("skipped", "case_ended", [])
    scene.bench.now = at(2)
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    assert len(scene.outside.mails) == (0 if outcome == "withdrawn" else 1)


async def test_a_message_before_its_case_is_known_waits(scene: Scene, at: At) -> None:
    """NO-2: the Fund's topic may be ahead of identification's."""
    await scene.bench.receives(scene.identified())
    await scene.sender().send_due()
    assert ((await scene.message()).state, scene.outside.mails) == ("queued", [])
    await scene.case_opens()
    scene.bench.now = at(1)
    await scene.sender().send_due()
    assert len(scene.outside.mails) == 1
