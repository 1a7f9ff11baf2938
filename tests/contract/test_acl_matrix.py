"""Every client × every topic, group and relay: what the broker lets it do is what the declaration says, and no more.

Asked in the broker's own protocol, so that a whole row of the matrix is one request and a write that is allowed writes
nothing: the batch in it is empty.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka.abc import AbstractTokenProvider
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import HeartbeatRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import InitProducerIdRequest
from chassis.testing import Stack, service_token
from local_stack import bus

TOPICS = bus.topics(bus.declared())
CLIENTS = bus.clients(bus.declared())
GROUPS = {rights["groups"] for rights in CLIENTS.values() if "groups" in rights}
REFUSED = {29, 30, 53}  # by the broker's rights: topic, group, transactional id


class _Token(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, client: str) -> None:
        self._client = client

    async def token(self) -> str:
        return service_token(self._client)


class Identity:
    """A client of the bus, signed in, asking the broker what it may do."""

    def __init__(self, connection: AIOKafkaClient) -> None:
        self._connection = connection

    async def asked(self, request: Any) -> Any:
        return await self._connection.send(self._connection.get_random_node(), request)

    async def writes(self, topics: Iterable[str]) -> set[str]:
        answer = await self.asked(ProduceRequest(None, -1, 5_000, [(topic, [(0, b"")]) for topic in topics]))
        return _allowed(answer.topics)

    async def reads(self, topics: Iterable[str]) -> set[str]:
        answer = await self.asked(FetchRequest(0, 0, 1, 0, [(topic, [(0, 0, 1)]) for topic in topics]))
        return _allowed(answer.topics)

    async def joins(self, groups: Iterable[str]) -> set[str]:
        """Groups in which it may be a member, under a name that nobody has."""
        answers = {group: await self.asked(HeartbeatRequest(f"{group}.tried", 0, "")) for group in groups}
        return {group for group, answer in answers.items() if answer.error_code not in REFUSED}

    async def watches(self, groups: Iterable[str]) -> set[str]:
        """Groups whose place it may see."""
        answers = {group: await self.asked(OffsetFetchRequest(group, None)) for group in groups}
        return {group for group, answer in answers.items() if answer.error_code not in REFUSED}

    async def fences(self, clients: Iterable[str]) -> set[str]:
        """Clients whose relays it may take the place of."""
        answers = {name: await self.asked(InitProducerIdRequest(f"relay.{name}.tried", 1_000)) for name in clients}
        return {name for name, answer in answers.items() if answer.error_code not in REFUSED}


def _allowed(topics: Any) -> set[str]:
    return {topic for topic, ((_, error, *_),) in topics if error not in REFUSED}


@asynccontextmanager
async def signed_in(client: str) -> AsyncIterator[Identity]:
    connection = AIOKafkaClient(
        bootstrap_servers=Stack.running().endpoints["kafka"]["client"],
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="OAUTHBEARER",
        sasl_oauth_token_provider=_Token(client),
    )
    await connection.bootstrap()
    try:
        yield Identity(connection)
    finally:
        await connection.close()


def topics(named: Iterable[str]) -> set[str]:
    """The topics that these names stand for; one that ends with * is every topic that begins so."""
    return {
        topic
        for name in named
        for topic in TOPICS
        if topic == name or (name.endswith("*") and topic.startswith(name[:-1]))
    }


@pytest.mark.parametrize("client", CLIENTS)
async def test_the_broker_lets_a_client_do_what_is_declared_and_nothing_else(client: str) -> None:
    rights = CLIENTS[client]
    async with signed_in(client) as identity:
        assert await identity.writes(TOPICS) == topics(rights["writes"])
        assert await identity.reads(TOPICS) == topics(rights["reads"])
        own = {rights["groups"]} if "groups" in rights else set()
        assert await identity.joins(GROUPS) == own
        assert await identity.watches(GROUPS) == own | set(rights.get("watches", ()))
        assert await identity.fences(CLIENTS) == ({client} if rights.get("relays") else set())


async def test_an_allowed_write_of_the_matrix_wrote_nothing() -> None:
    """The broker says that the batch is no batch, which it looks at after the rights."""
    async with signed_in("fund") as identity:
        answer = await identity.asked(ProduceRequest(None, -1, 5_000, [("nrm.fund", [(0, b"")])]))
    ((_, ((_, error, offset, *_),)),) = answer.topics
    assert error != 0
    assert offset == -1


async def test_topics_that_the_broker_keeps_for_itself_are_nobodys() -> None:
    own = ["__consumer_offsets", "__transaction_state"]
    for client in CLIENTS:
        async with signed_in(client) as identity:
            assert await identity.reads(own) == set()
            assert await identity.writes(own) == set()
