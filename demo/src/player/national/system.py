"""An agency's system on the bus: it submits, and counts what it is sent."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx
from agency_connector.loop import bus
from agency_connector.settings import Settings
from agency_connector.signin import SignIn
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from nrm_events import Envelope, agency_topic, from_message, partitions_of, to_message
from nrm_events.agencies import EventShared, Submission, SubmissionAnswered

from player.faults import NeverCame, Refused

PATIENCE = 300.0  # seconds for an answer on the bus
_LINGER = 20  # ms: submissions of one moment go in one batch


class System:
    """Keeps nothing: what it counted is read when everything was applied.

    `shared`: events that it was sent, by their name without service and version, each once.
    """

    def __init__(self, settings: Settings, http: httpx.AsyncClient, folder: Path) -> None:
        self._settings = settings
        self._sign_in = SignIn(http, settings, folder / f"{settings.agency}.trouble")
        self._answers: dict[UUID, asyncio.Future[UUID | None]] = {}
        self._numbers = count(1)
        self._seen: set[UUID] = set()
        self.submitted: Counter[str] = Counter()
        self.shared: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        arguments = bus(self._settings, self._sign_in)
        self._producer = AIOKafkaProducer(**arguments, enable_idempotence=True, acks="all", linger_ms=_LINGER)
        self._consumer = AIOKafkaConsumer(**arguments, enable_auto_commit=False)
        await self._producer.start()
        await self._consumer.start()
        topic = agency_topic(self._settings.agency, "out")
        self._consumer.assign([TopicPartition(topic, number) for number in range(partitions_of(topic))])
        await self._consumer.seek_to_end()
        self._receiving = asyncio.create_task(self._receive())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._receiving.cancel()
        await self._producer.stop()
        await self._consumer.stop()

    async def token(self) -> str:
        """For HTTP."""
        return await self._sign_in.token()

    async def submit(self, id_: UUID, data: Submission) -> UUID | None:
        """Submit, and wait for the answer: the case.

        Raises:
            Refused: With the code of the answer.
            NeverCame: No answer came in time.
        """
        answer = self._answers[id_] = asyncio.get_running_loop().create_future()
        self.submitted[type(data).__name__] += 1
        envelope = Envelope(
            id=id_,
            type=data.type_name(),
            source=f"/agency/{self._settings.agency}",
            subject=data.subject,
            time=datetime.now(UTC),
            sequence=next(self._numbers),
            key=data.stream,
            data=data,
        )
        key, value, headers = to_message(envelope)
        try:
            await self._producer.send(agency_topic(self._settings.agency, "in"), value, key=key, headers=headers)
            return await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            raise NeverCame(f"an answer to {type(data).__name__}") from None
        finally:
            del self._answers[id_]

    async def receive_all(self) -> None:
        """Wait until everything that is on its topic by now was received. NeverCame: it was not."""
        places = self._consumer.assignment()
        ends = await self._consumer.end_offsets(places)
        until = time.monotonic() + PATIENCE
        while any([await self._consumer.position(place) < ends[place] for place in places]):
            if time.monotonic() > until:
                raise NeverCame(f"what {self._settings.agency} was sent")
            await asyncio.sleep(0.2)

    async def _receive(self) -> None:
        while True:
            for records in (await self._consumer.getmany(timeout_ms=250, max_records=500)).values():
                for record in records:
                    self._apply(from_message(record.key, record.value, record.headers))

    def _apply(self, envelope: Envelope) -> None:
        if envelope.id in self._seen:
            return
        self._seen.add(envelope.id)
        if isinstance(envelope.data, EventShared):
            self.shared[envelope.data.event.split(".")[-2]] += 1
        elif isinstance(envelope.data, SubmissionAnswered):
            self._answered(envelope.data)

    def _answered(self, data: SubmissionAnswered) -> None:
        answer = self._answers.get(data.submission_id)
        if answer is None or answer.done():
            return
        if data.accepted:
            answer.set_result(data.case_id)
        else:
            answer.set_exception(Refused(422, data.code, "refused on the bus"))
