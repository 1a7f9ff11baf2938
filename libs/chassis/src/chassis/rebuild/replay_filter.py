"""What a rebuild applies: exactly what the consumer applied, each event once and in the order of its case.

The consumer did not apply what is parked, nor what an operator discarded. Such a message is set aside, and every later
one of its case with it. At the end, while the consumer waits, the inbox decides which of them were applied.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from uuid import UUID

from aiokafka import TopicPartition
from nrm_events import Event
from sqlalchemy import Text, Uuid, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.message import Message

_BATCH = 500
_NOT_APPLIED = (
    text(
        "select array_agg(place) as places from ("
        "select topic || '/' || partition || '@' || position as place from parked_event "
        "where consumer = :consumer and stream = any(:streams) union all "
        "select facts->>'place' from audit_entry "
        "where action = 'discard_parked' and kind = 'act' and case_id = any(:streams)) as not_applied"
    )
    .bindparams(bindparam("consumer", type_=Text), bindparam("streams", type_=ARRAY(Uuid)))
    .columns(column("places", ARRAY(Text)))
)
_APPLIED = (
    text("select array_agg(event_id) as ids from inbox where consumer = :consumer and event_id = any(:ids)")
    .bindparams(bindparam("consumer", type_=Text), bindparam("ids", type_=ARRAY(Uuid)))
    .columns(column("ids", ARRAY(Uuid)))
)


class ReplayFilter:
    """Decides message by message; `consumer` is the name of the inbox."""

    def __init__(self, consumer: str, session: AsyncSession, events: Collection[type[Event]]) -> None:
        self._consumer = consumer
        self._session = session
        self._events = events
        self._sequences: dict[tuple[str, UUID], int] = {}
        self._aside: list[Message] = []
        self._aside_cases: set[UUID] = set()

    def fresh(self, messages: Sequence[Message]) -> list[Message]:
        """The projection's events, of two copies the first: the relay may send twice, in order."""
        found = []
        for message in messages:
            envelope = message.envelope
            if envelope is None or type(envelope.data) not in self._events:
                continue
            case = (message.topic, envelope.key)
            if envelope.sequence > self._sequences.get(case, 0):
                self._sequences[case] = envelope.sequence
                found.append(message)
        return found

    async def applied(self, messages: Sequence[Message], committed: Mapping[TopicPartition, int]) -> list[Message]:
        """The messages that the consumer applied for certain, by its offsets; all others are set aside."""
        values = {"consumer": self._consumer, "streams": sorted({m.stream for m in messages})}
        async with self._session.begin():
            not_applied = set(await self._session.scalar(_NOT_APPLIED, values) or ())
        found = []
        for message in messages:
            is_behind = message.position < committed[TopicPartition(message.topic, message.partition)]
            if is_behind and message.place not in not_applied and message.stream not in self._aside_cases:
                found.append(message)
            else:
                self.set_aside([message])
        return found

    def set_aside(self, messages: Sequence[Message]) -> None:
        """Leave the decision to the inbox."""
        self._aside += messages
        self._aside_cases |= {message.stream for message in messages}

    async def applied_of_aside(self) -> AsyncIterator[list[Message]]:
        """Those set aside that are in the inbox. Inside a transaction in which the consumer waits."""
        for start in range(0, len(self._aside), _BATCH):
            some = self._aside[start : start + _BATCH]
            values = {"consumer": self._consumer, "ids": [m.envelope.id for m in some if m.envelope]}
            ids = set(await self._session.scalar(_APPLIED, values) or ())
            yield [message for message in some if message.envelope and message.envelope.id in ids]
