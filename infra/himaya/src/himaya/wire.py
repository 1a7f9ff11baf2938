"""The bus itself, read with the operator's own client: what lies on it, and how far each service has read."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord, OffsetAndMetadata, TopicPartition
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from himaya.connection import Connection, keycloak
from himaya.platform import Away, Refused

_TRIES = 10  # a second apart

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # an unavailable bus is reported once, by us


class _Token(AbstractTokenProvider):  # type: ignore[misc]
    def __init__(self, connection: Connection, client: str, secret: str) -> None:
        server, realm = keycloak(connection)
        self._keycloak = KeycloakOpenID(
            server_url=server, realm_name=realm, client_id=client, client_secret_key=secret, timeout=15
        )

    async def token(self) -> str:
        answer = await asyncio.to_thread(self._keycloak.token, grant_type="client_credentials")
        return str(answer["access_token"])


def security(connection: Connection, client: str, secret: str) -> Mapping[str, object]:
    """How aiokafka reaches the bus as one of the operator's clients."""
    return {
        "bootstrap_servers": connection.brokers,
        "client_id": client,
        "security_protocol": connection.kafka_security,
        "ssl_context": connection.trust,
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": _Token(connection, client, secret),
    }


def _reader(connection: Connection) -> Mapping[str, object]:
    return security(connection, connection.bus_client, connection.bus_secret.get_secret_value())


class _Part(Protocol):
    async def start(self) -> None:
        """Connect."""


@dataclass(frozen=True)
class Place:
    """A partition that a group has read from: its offset, the end, and how many events are between."""

    group: str
    topic: str
    partition: int
    read: int
    end: int

    @property
    def lag(self) -> int:
        return self.end - self.read


@asynccontextmanager
async def _started(part: _Part, connection: Connection, end: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    try:
        try:
            await part.start()
            yield
        finally:
            await end()
    except KeycloakError as error:
        raise _not_signed_in(connection, error) from None
    except (KafkaError, OSError) as error:
        raise Away(f"the bus cannot be read at {connection.kafka}: {type(error).__name__}") from None


def _not_signed_in(connection: Connection, error: KeycloakError) -> Away | Refused:
    """The broker lets nobody in whom Keycloak does not know."""
    if isinstance(error, KeycloakConnectionError) or (error.response_code or 0) >= 500:
        return Away(f"Keycloak does not answer at {connection.issuer}: see that it runs, then run this again")
    return Refused(f"Keycloak knows no {connection.bus_client} with this secret: set HIMAYA_BUS_SECRET anew")


async def lag(connection: Connection, group: str) -> list[Place]:
    """Every partition that the group has read from."""
    admin = AIOKafkaAdminClient(**_reader(connection))
    async with _started(admin, connection, admin.close):
        read = await _offsets(admin, group)
    consumer = AIOKafkaConsumer(**_reader(connection), group_id=connection.bus_client)
    async with _started(consumer, connection, consumer.stop):
        ends = await consumer.end_offsets(list(read)) if read else {}
    return [
        Place(group, place.topic, place.partition, max(stored.offset, 0), ends[place])
        for place, stored in sorted(read.items())
    ]


async def _offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    """A broker that nobody has read from makes its list of groups when somebody first reads one."""
    for _ in range(_TRIES - 1):
        with suppress(GroupCoordinatorNotAvailableError):
            return dict(await admin.list_consumer_group_offsets(group))
        await asyncio.sleep(1)
    return dict(await admin.list_consumer_group_offsets(group))


async def groups_of_agencies(connection: Connection) -> list[str]:
    """The groups in which the exchange reads what agencies submit, one for each of their topics."""
    consumer = AIOKafkaConsumer(**_reader(connection), group_id=connection.bus_client)
    async with _started(consumer, connection, consumer.stop):
        topics: set[str] = await consumer.topics()
    return sorted(f"exchange.{topic[4:-3]}" for topic in topics if topic.startswith("ext.") and topic.endswith(".in"))


async def records(
    connection: Connection, topics: list[str], since: datetime | None, follow: bool
) -> AsyncIterator[ConsumerRecord]:
    """What lies on these topics from `since` on (else from now), and, if followed, what comes, for ever."""
    consumer = AIOKafkaConsumer(*topics, **_reader(connection), group_id=None)
    async with _started(consumer, connection, consumer.stop):
        places = list(consumer.assignment())
        ends = await consumer.end_offsets(places)
        await _seek(consumer, places, ends, since)
        while follow or any([await consumer.position(place) < ends[place] for place in places]):
            for found in (await consumer.getmany(timeout_ms=500)).values():
                for record in found:
                    yield record


async def _seek(
    consumer: AIOKafkaConsumer, places: list[TopicPartition], ends: dict[TopicPartition, int], since: datetime | None
) -> None:
    begins = dict.fromkeys(places)
    if since:
        begins = await consumer.offsets_for_times({place: int(since.timestamp() * 1000) for place in places})
    for place, begin in begins.items():
        consumer.seek(place, begin.offset if begin else ends[place])
