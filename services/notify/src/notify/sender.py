"""The worker that sends: claim with a lease, ask for the safe contact, mark as sending, call the provider, record.

Nothing remote is awaited inside a transaction, and the address lives only between the question and the call (NO-2).
A sender that dies after marking leaves a message of unknown outcome; it is sent again under the same reference, once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from chassis.client import Refused, ServiceClient, Unavailable
from chassis.database import Database
from chassis.clock import local_date
from chassis.service import ServiceContext
from pydantic import ValidationError

from notify import rules
from notify.channels import Channel, NotTaken
from notify.domain.contact import SafeContact, Send, Wait, Withhold, decide
from notify.domain.texts import render
from notify.schemas import SafeContactAnswer
from notify.use_cases import messages
from notify.use_cases.messages import Claimed
from notify.wording import languages_of, text_of

log = structlog.get_logger()
_AT_ONCE = 5
PURPOSE = "notification"


@dataclass(frozen=True)
class Sender:
    """Sends what is due, one round at a time."""

    database: Database
    identification: ServiceClient
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]

    async def send_due(self) -> int:
        """One round; how many messages it took on."""
        async with self.database.transaction() as session:
            claimed = await messages.claim_due(session, self.clock())
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(held: Claimed) -> None:
            async with gate:
                await self._send(held)

        outcomes = await asyncio.gather(*(one(held) for held in claimed), return_exceptions=True)
        for outcome in outcomes:  # each was waited for, so that none is cut off in the middle of a call
            if isinstance(outcome, BaseException):
                raise outcome
        return len(claimed)

    async def _send(self, held: Claimed) -> None:
        now = self.clock()
        try:
            contact = await self._ask(held)
        except (Unavailable, Refused) as error:
            await self._not_asked(held, error.code, now)
            return
        except ValidationError:
            await self._withhold(held, "contact_unreadable", now)
            return
        day = local_date(now)
        writable = set(rules.writable_languages(day)) & set(languages_of(held.template, day))
        decision = decide(contact, writable, now)
        if isinstance(decision, Send) and decision.channel not in self.channels:
            decision = Withhold("channel_not_connected")
        if isinstance(decision, Withhold):
            await self._withhold(held, decision.reason, now)
        elif isinstance(decision, Wait):
            async with self.database.transaction() as session:
                await messages.postpone(session, held, decision.until, "outside_safe_hours")
        elif contact is not None:
            await self._call(held, decision, contact.address)

    async def _ask(self, held: Claimed) -> SafeContact | None:
        """What is marked safe now; None when nothing is. Identification audits the question (ID-13)."""
        try:
            answer = await self.identification.post(
                "/api/internal/safe-contact",
                {
                    "case_id": str(held.case_id),
                    "purpose": PURPOSE,
                    "on_behalf_of": "notify",
                    "concerning": str(held.id),
                },
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return SafeContactAnswer.model_validate(answer).contact() if answer else None

    async def _not_asked(self, held: Claimed, code: str, now: datetime) -> None:
        """Identification did not answer: nothing is sent; it is asked again for some days, then staff are told."""
        log.warning("safe contact not asked", error_code=code)
        day = local_date(now)
        async with self.database.transaction() as session:
            if now - held.queued_at > rules.give_up_after(day):
                await messages.give_up(session, held, "identification_silent", now)
            else:
                await messages.postpone(session, held, now + rules.ask_again_after(day), "identification_silent")

    async def _withhold(self, held: Claimed, reason: str, now: datetime) -> None:
        async with self.database.transaction() as session:
            await messages.withhold(session, held, reason, now)

    async def _call(self, held: Claimed, decision: Send, address: str) -> None:
        now = self.clock()
        subject, body = render(text_of(held.template, decision.language, local_date(now)))
        async with self.database.transaction() as session:
            if not await messages.begin_sending(session, held, now):
                return
        failed: NotTaken | None = None
        try:
            channel = self.channels[decision.channel]
            await channel.send(address, subject, body, decision.language, held.reference)
        except NotTaken as error:
            failed = error
        async with self.database.transaction() as session:
            if failed is None:
                await messages.record_sent(session, held, self.clock())
            else:
                log.warning("message not taken", error_code=failed.reason)
                await messages.record_try_failed(
                    session, held, failed.reason, self.clock(), for_good=failed.for_good, unknown=failed.unknown
                )


async def send_round(running: ServiceContext) -> None:
    """What the process calls again and again: one round."""
    await sender_of(running.database, running.state, running.clock).send_due()


def sender_of(database: Database, state: Mapping[str, object], clock: Callable[[], datetime]) -> Sender:
    """The sender on what `prepare` of the service built."""
    identification, channels = state["identification"], state["channels"]
    assert isinstance(identification, ServiceClient)  # noqa: S101  # built in app.py
    assert isinstance(channels, dict)  # noqa: S101  # built in app.py
    return Sender(database, identification, channels, clock)
