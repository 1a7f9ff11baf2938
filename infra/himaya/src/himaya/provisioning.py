"""Keycloak and the broker as the client that joins agencies.

Each step makes one thing as it should be, and returns what it did; None when it was so already.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from agency_access import broker, clients, quotas
from agency_access.access import Access, Grant
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from aiokafka.errors import KafkaError as WireError
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from himaya import wire
from himaya.connection import Connection, NotFoundHere, keycloak
from himaya.platform import Away, Refused

Answer = TypeVar("Answer")
_SECONDS = 15
_AGAIN = "See that it runs, then run the same command again: what is done stays done."
_LACKS_RIGHTS = (KafkaError.CLUSTER_AUTHORIZATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED)
_REFUSED = (ClusterAuthorizationFailedError, TopicAuthorizationFailedError, AuthenticationFailedError)


@dataclass(frozen=True)
class Standing:
    """What there is of an agency: whether its client may sign in (None: there is none), topics with wrong settings."""

    enabled: bool | None
    client_faults: list[str]
    topics: Mapping[str, Mapping[str, str]]
    rights: set[Grant]
    quotas: Mapping[str, float]


class Provisioning:
    """One agency's client, topics, rights and quotas.

    Every method raises Away where Keycloak or the broker does not answer, and Refused where it does not let us.
    """

    def __init__(self, connection: Connection, access: Access) -> None:
        """NotFoundHere: the secret of the client that joins agencies is missing."""
        self._connection, self._access = connection, access
        self._secret = _secret(connection)
        self._keycloak = _admin(connection)
        self._broker = AdminClient(self._connect(), logger=_Silent())

    def _connect(self) -> dict[str, str | int | float | bool]:
        return {
            "bootstrap.servers": ",".join(self._connection.brokers),
            "security.protocol": self._connection.kafka_security,
            "sasl.mechanisms": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.client.id": self._connection.provisioning_client,
            "sasl.oauthbearer.client.secret": self._secret,
            "sasl.oauthbearer.token.endpoint.url": f"{self._connection.issuer}/protocol/openid-connect/token",
            "log_level": 0,
            **({"ssl.ca.location": str(self._connection.kafka_ca)} if self._connection.kafka_ca else {}),
        }

    async def client(self) -> tuple[bool, str | None]:
        """The agency's client, enabled: whether it is new, and what was done."""
        made, mended = await self._at_keycloak(lambda: clients.ensure(self._keycloak, self._access, enabled=True))
        did = "made" if made else f"mended: {', '.join(mended)}" if mended else None
        return made, did and f"{self._access.client_id} {did}"

    async def has_client(self) -> bool:
        return await self._at_keycloak(lambda: clients.find(self._keycloak, self._access)) is not None

    async def secret(self) -> str:
        return await self._at_keycloak(lambda: clients.secret(self._keycloak, self._access))

    async def new_secret(self) -> str:
        """The one before is good no more."""
        return await self._at_keycloak(lambda: clients.renew_secret(self._keycloak, self._access))

    async def disable_client(self) -> str | None:
        done = await self._at_keycloak(lambda: clients.disable(self._keycloak, self._access))
        return f"{self._access.client_id} disabled; a token that it holds lives a minute at most" if done else None

    async def quotas(self, wanted: bool) -> str | None:
        """The agency's quotas, or none of them."""
        async with self._on_the_wire():
            quota = self._access.quotas if wanted else {}
            changed = await quotas.apply(self._wire(), self._access.client_id, quota)
        return ("set" if wanted else "taken away") if changed else None

    async def give_rights(self) -> str | None:
        def work() -> str | None:
            lacking = self._access.grants - broker.grants_there(self._broker, self._access.principal)
            broker.give(self._broker, lacking)
            broker.wait_until(self._broker, granted=lacking)
            return f"{len(lacking)} given" if lacking else None

        return await self._at_broker(work)

    async def take_rights(self) -> str | None:
        """Every one that the agency's client has at the broker, also one that it should not have."""

        def work() -> str | None:
            granted = broker.grants_there(self._broker, self._access.principal)
            broker.take_all(self._broker, self._access.principal)
            broker.wait_until(self._broker, revoked=granted)
            return f"{len(granted)} taken away" if granted else None

        return await self._at_broker(work)

    async def topics(self) -> str | None:
        def work() -> str | None:
            made, mended = broker.apply_topics(self._broker, self._access.topics)
            broker.wait_until(self._broker, topics=self._access.topics)
            return ", ".join([*(f"{name} made" for name in made), *(f"{name} mended" for name in mended)]) or None

        return await self._at_broker(work)

    async def stands(self) -> "Standing":
        """What there is of the agency now: client, topics, rights, quotas."""
        enabled, wrong = await self._at_keycloak(lambda: clients.faults(self._keycloak, self._access))
        topics = await self._at_broker(self._topics_there)
        rights = await self._at_broker(lambda: broker.grants_there(self._broker, self._access.principal))
        async with self._on_the_wire():
            bounds = await quotas.there(self._wire(), self._access.client_id)
        return Standing(enabled, wrong, topics, rights, bounds)

    def _topics_there(self) -> dict[str, dict[str, str]]:
        """The agency's topics that are there, each with the settings that are not as they should be."""
        there = broker.topics_there(self._broker)
        known = {name: topic for name, topic in self._access.topics.items() if name in there}
        different = broker.differing(self._broker, known)
        return {name: different.get(name, {}) for name in known}

    async def _at_keycloak(self, work: Callable[[], Answer]) -> Answer:
        with _keycloak_answers(self._connection):
            return await asyncio.to_thread(work)

    async def _at_broker(self, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.to_thread(work)
        except KafkaException as error:
            if error.args[0].code() in _LACKS_RIGHTS:
                raise _lacks_rights(self._connection) from None
            raise _away(self._connection, error.args[0].name()) from None
        except (broker.NotInForce, TimeoutError) as error:
            raise _away(self._connection, type(error).__name__) from None

    def _wire(self) -> Mapping[str, object]:
        return wire.security(self._connection, self._connection.provisioning_client, self._secret)

    @asynccontextmanager
    async def _on_the_wire(self) -> AsyncIterator[None]:
        try:
            with _keycloak_answers(self._connection):
                yield
        except _REFUSED:
            raise _lacks_rights(self._connection) from None
        except (WireError, OSError, TimeoutError) as error:
            raise _away(self._connection, type(error).__name__) from None


async def agencies_with_a_client(connection: Connection) -> dict[str, bool]:
    """By code, whether its client may sign in. Raises as above."""
    admin = _admin(connection)
    with _keycloak_answers(connection):
        return await asyncio.to_thread(clients.all_codes, admin)


def _secret(connection: Connection) -> str:
    if not connection.provisioning_secret:
        raise NotFoundHere("missing: HIMAYA_PROVISIONING_SECRET, the secret of the client that joins agencies")
    return connection.provisioning_secret.get_secret_value()


def _admin(connection: Connection) -> KeycloakAdmin:
    server, realm = keycloak(connection)
    with _keycloak_answers(connection):
        return KeycloakAdmin(
            server_url=server,
            realm_name=realm,
            client_id=connection.provisioning_client,
            client_secret_key=_secret(connection),
            timeout=_SECONDS,
        )


@contextmanager
def _keycloak_answers(connection: Connection) -> Iterator[None]:
    server, _ = keycloak(connection)
    try:
        yield
    except KeycloakConnectionError:
        raise Away(f"Keycloak does not answer at {server}. {_AGAIN}") from None
    except KeycloakError as error:
        if (error.response_code or 0) >= 500:
            raise Away(f"Keycloak fails at {server}: {error.response_code}. {_AGAIN}") from None
        raise Refused(
            f"Keycloak refuses {connection.provisioning_client}: {error.response_code}. "
            "Is HIMAYA_PROVISIONING_SECRET its secret, and has it the roles that infra/keycloak/realm.yaml names?"
        ) from None


def _away(connection: Connection, why: str) -> Away:
    return Away(f"the broker does not answer at {connection.kafka}: {why}. {_AGAIN}")


def _lacks_rights(connection: Connection) -> Refused:
    return Refused(
        f"the broker refuses {connection.provisioning_client}: it lacks the rights that infra/local/bus.yaml names"
    )


class _Silent:
    """Drops the client's complaints about an unavailable broker, which we report ourselves."""

    def log(self, *_: object) -> None:
        """Log nothing."""
