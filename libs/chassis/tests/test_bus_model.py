"""Outbox, relay, inbox and parked cases on real databases, in every interleaving that hypothesis can think of.

The broker is a list per partition, because thousands of steps are tried; with the real one the same is tried by
killing processes (tests/faults).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis import commit, relay
from chassis.inbox import Consumer
from chassis.message import Message, read
from chassis.outbox import emit
from chassis.relay import Relay
from chassis.testing import Databases, ServiceUnderTest, bench
from chassis.tokens import TokenSource
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from nrm_events.notify import NotificationQueued
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import queued, received
from .noticeboard.app import POISON, SERVICE, Health

CASES = 3
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_LONG = timedelta(days=1)  # longer than any pause between two tries


class Broker:
    """A log; a batch may arrive without its sender ever hearing of it."""

    def __init__(self) -> None:
        self.log: list[Message] = []
        self.is_silent = False

    async def send(self, producer: object, messages: relay.Messages) -> None:
        for (topic, _), group in messages.items():
            for made in group:
                self.log.append(read(Message(topic, 0, len(self.log), made["key"], made["value"], made["headers"])))
        if self.is_silent:
            raise ConnectionError("killed after the send, before the delete")


class Machine(RuleBasedStateMachine):
    """A teller and a listener, each with its own database; `committed` is the truth."""

    runner: asyncio.Runner
    teller: ServiceUnderTest
    listener: ServiceUnderTest
    broker: Broker

    def __init__(self) -> None:
        super().__init__()
        self.cases = [uuid4() for _ in range(CASES)]
        self.open: dict[UUID, tuple[AbstractAsyncContextManager[AsyncSession], list[UUID]]] = {}
        self.committed: dict[UUID, list[UUID]] = defaultdict(list)
        # Where it reads, and what the group knows of it.
        self.beginning = self.next = self.confirmed = len(self.broker.log)
        self.now = _FAR
        Health.healed = False
        self.new_leader()

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(case=st.integers(0, CASES - 1), poisoned=st.booleans(), many=st.integers(1, 3))
    def begin(self, case: int, poisoned: bool, many: int) -> None:
        """A transaction draws its numbers and is not committed yet; one per case, as its lock has it."""
        case_id = self.cases[case]
        if case_id not in self.open:
            self.run(self._begin(case_id, POISON if poisoned else "new_notification", many))

    async def _begin(self, case_id: UUID, template: str, many: int) -> None:
        transaction = self.teller.database.transaction()
        session = await transaction.__aenter__()
        events = [queued(case_id, template if n == 0 else "new_notification") for n in range(many)]
        for event in events:
            emit(session, event)
        await commit.write(session)
        self.open[case_id] = (transaction, [event.notification_id for event in events])

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, CASES - 1), gives_up=st.sampled_from([False, False, False, True]))
    def end(self, which: int, gives_up: bool) -> None:
        case_id = list(self.open)[which % len(self.open)]
        transaction, events = self.open.pop(case_id)
        if gives_up:
            self.run(_given_up(transaction))
        else:
            self.run(transaction.__aexit__(None, None, None))
            self.committed[case_id] += events

    @rule(dies=st.sampled_from([False, False, False, True]))
    def send(self, dies: bool) -> None:
        """If it dies before the delete, the next leader knows nothing of what was sent."""
        self.broker.is_silent = dies
        try:
            self.run(self._send())
        except ConnectionError:
            self.new_leader()
        finally:
            self.broker.is_silent = False

    def new_leader(self) -> None:
        self.relay = Relay(self.teller.settings, TokenSource(self.teller.settings))

    async def _send(self) -> int:
        connection = await relay.connect(self.teller.settings)
        try:
            return await self.relay.send_once(connection, object())
        finally:
            await connection.close()

    @rule(many=st.integers(1, 5))
    def apply(self, many: int) -> None:
        polled = self.broker.log[self.next : self.next + many]
        if polled:
            self.run(self.consumer.apply(polled))
            self.next += len(polled)

    @rule(confirmed=st.booleans())
    def start_anew(self, confirmed: bool) -> None:
        """What is applied and not confirmed comes again."""
        self.confirmed = self.next if confirmed else self.confirmed
        self.next = self.confirmed

    @rule()
    def read_again_from_the_beginning(self) -> None:
        self.next = self.confirmed = self.beginning

    @rule(healed=st.booleans())
    def heal_or_hurt(self, healed: bool) -> None:
        Health.healed = healed

    @rule()
    def retry_what_is_parked(self) -> None:
        self._retried()

    def _retried(self) -> int:
        self.now += _LONG
        return int(self.run(self.consumer.retry_parked(self.now)))

    @property
    def consumer(self) -> Consumer:
        service = self.listener.service
        return Consumer(self.listener.database, service.name, service.topics, service.handlers)

    def teardown(self) -> None:
        """Everything is let through at last: what was committed was applied, once and in its order."""
        for case_id in list(self.open):
            transaction, events = self.open.pop(case_id)
            self.run(transaction.__aexit__(None, None, None))
            self.committed[case_id] += events
        while self.run(self._send()):
            pass
        Health.healed = True
        self.apply(len(self.broker.log))
        while self._retried():
            pass
        envelopes = [message.envelope for message in self.broker.log if message.envelope]
        sent = {str(e.id): e.data.notification_id for e in envelopes if isinstance(e.data, NotificationQueued)}
        for case_id in self.cases:
            applied = [sent[event_id] for event_id in self.run(received(self.listener, case_id))]
            assert applied == self.committed[case_id]


async def _given_up(transaction: AbstractAsyncContextManager[AsyncSession]) -> None:
    gone = ConnectionError("its process died")
    try:
        await transaction.__aexit__(ConnectionError, gone, None)
    except ConnectionError:
        return


@asynccontextmanager
async def _two(databases: Databases) -> AsyncIterator[tuple[ServiceUnderTest, ServiceUnderTest]]:
    async with bench(SERVICE, databases) as teller, bench(SERVICE, databases) as listener:
        yield teller, listener


@pytest.fixture
def machine(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Machine]]:
    with asyncio.Runner() as runner:
        two = _two(databases)
        Machine.runner, Machine.broker = runner, Broker()
        Machine.teller, Machine.listener = runner.run(two.__aenter__())
        monkeypatch.setattr(relay, "send", Machine.broker.send)
        yield Machine
        runner.run(two.__aexit__(None, None, None))


@pytest.mark.timeout(240)
def test_every_interleaving_applies_what_was_committed_once_and_in_order(machine: type[Machine]) -> None:
    limits = settings(
        max_examples=60, stateful_step_count=40, deadline=None, database=None, phases=[Phase.generate, Phase.shrink]
    )
    run_state_machine_as_test(machine, settings=limits)
