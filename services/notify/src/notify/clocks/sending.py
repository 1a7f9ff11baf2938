"""The worker that sends: claim with a lease, request the safe contact, mark as sending, call the provider, record.

Nothing remote is awaited inside a transaction, and the address lives only between the request and the call (NO-2).
A sender that dies after marking leaves a message of unknown outcome; it is sent again under the same reference, once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from casework.calendar import local_date
from casework.safe_contact import Unreachable
from casework.shared_parameters import message_languages
from chassis.client import Refused, Unavailable
from chassis.service import ServiceContext

from notify.adapters.channels import NotTaken
from notify.adapters.safe_contact import request_contact
from notify.adapters.wording import text_of
from notify.domain.contact import Send, Wait, Withhold, decide
from notify.domain.texts import please_call, render
from notify.facts import terms
from notify.resources import Letter, Resources
from notify.use_cases import sendings
from notify.use_cases.sendings import Claimed

log = structlog.get_logger()
_AT_ONCE = 5


async def send_round(context: ServiceContext) -> None:
    """What the process calls again and again: one round."""
    await Sender.of(context).send_due()


@dataclass(frozen=True)
class Sender:
    """Sends what is due, one round at a time."""

    context: ServiceContext
    resources: Resources

    @classmethod
    def of(cls, context: ServiceContext) -> "Sender":
        """The sender on what `app.py` made."""
        assert isinstance(context.resources, Resources)  # noqa: S101  # made in app.py
        return cls(context, context.resources)

    async def send_due(self) -> int:
        """One round; how many messages it took on."""
        async with self.context.unit_of_work() as uow:
            claimed = await sendings.claim_due(uow)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(message: Claimed) -> None:
            async with gate:
                await self._send(message)

        outcomes = await asyncio.gather(*(one(message) for message in claimed), return_exceptions=True)
        for outcome in outcomes:  # each was waited for, so that none is cut off in the middle of a call
            if isinstance(outcome, BaseException):
                raise outcome
        return len(claimed)

    async def _send(self, message: Claimed) -> None:
        now = self.context.clock()
        languages = message_languages(local_date(now))
        try:
            contact = await request_contact(self.resources.identification, message.case_id, message.id, languages)
        except (Unavailable, Refused) as error:
            await self._not_answered(message, error.code, now)
            return
        except Unreachable as unreachable:
            await self._withhold(message, unreachable.code)
            return
        decision = decide(contact, now)
        if isinstance(decision, Send) and decision.channel not in self.resources.channels:
            decision = Withhold("channel_not_connected")
        if isinstance(decision, Withhold):
            await self._withhold(message, decision.reason)
        elif isinstance(decision, Wait):
            async with self.context.unit_of_work() as uow:
                await sendings.postpone(uow, message, decision.until, "outside_safe_hours")
        elif contact is not None:
            await self._call(message, decision, contact.address)

    async def _not_answered(self, message: Claimed, code: str, now: datetime) -> None:
        """Nothing is sent; identification is called again for some days, then the holder gets a task."""
        log.warning("safe contact not available", error_code=code)
        day = local_date(now)
        async with self.context.unit_of_work() as uow:
            if now - message.queued_at > terms.give_up_after(day):
                await sendings.give_up(uow, message, "identification_silent")
            else:
                again = now + terms.ask_again_after(day)
                await sendings.postpone(uow, message, again, "identification_silent")

    async def _withhold(self, message: Claimed, reason: str) -> None:
        async with self.context.unit_of_work() as uow:
            await sendings.withhold(uow, message, reason)

    async def _call(self, message: Claimed, decision: Send, address: str) -> None:
        day = local_date(self.context.clock())
        async with self.context.unit_of_work() as uow:
            holder = await sendings.begin_sending(uow, message)
        if holder is None:
            return
        template, values = please_call(terms.call_back(day, holder))
        subject, body = render(text_of(template, decision.language, day), **values)
        failed: NotTaken | None = None
        try:
            channel = self.resources.channels[decision.channel]
            await channel.send(Letter(address, subject, body, decision.language, message.reference))
        except NotTaken as error:
            failed = error
        async with self.context.unit_of_work() as uow:
            if failed is None:
                await sendings.record_sent(uow, message)
            else:
                log.warning("message not taken", error_code=failed.reason)
                await sendings.record_try_failed(
                    uow, message, failed.reason, for_good=failed.for_good, unknown=failed.unknown
                )
