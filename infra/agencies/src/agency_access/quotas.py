"""Quotas of a user at the broker.

No Python client has the call that sets them, so it is written down here for aiokafka, which has the one that reads.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

_EXACTLY = 0  # how a component is matched: this name
_SECONDS = 30.0
_ENTITY = Array(("entity_type", String("utf-8")), ("entity_name", String("utf-8")))

_OPERATIONS = Array(("key", String("utf-8")), ("value", Float64), ("remove", Boolean))


class _AlterClientQuotasResponse(Response):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", String("utf-8")), ("entity", _ENTITY))),
    )


class _AlterClientQuotasStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _AlterClientQuotasResponse
    SCHEMA = Schema(
        ("entries", Array(("entity", _ENTITY), ("ops", _OPERATIONS))),
        ("validate_only", Boolean),
    )


class _AlterClientQuotas(Request[_AlterClientQuotasStruct]):  # type: ignore[misc]
    """KIP-546: what a user may use of the broker."""

    API_KEY = 49

    def __init__(self, user: str, operations: list[tuple[str, float, bool]]) -> None:
        self._entries = [([("user", user)], operations)]

    def build(self, request_struct_class: type[_AlterClientQuotasStruct]) -> _AlterClientQuotasStruct:
        return request_struct_class(self._entries, False)


async def there(connect: Mapping[str, object], user: str) -> dict[str, float]:
    """Quotas of a user by name.

    Args:
        connect: How to reach the broker, as aiokafka's client takes it.
        user: The principal without its `User:`.

    Raises:
        KafkaError: The broker refused or could not be reached.
    """
    async with _connected(connect) as client:
        return await _there(client, user)


async def apply(connect: Mapping[str, object], user: str, wanted: Mapping[str, float]) -> bool:
    """Make a user's quotas these and no others, and wait until the broker knows; False: they were these already.

    Raises:
        KafkaError: The broker refused or could not be reached.
        TimeoutError: It took them, and has not put them in force within 30 s.
    """
    async with _connected(connect) as client:
        found = await _there(client, user)
        if found == wanted:
            return False
        operations = [(name, value, False) for name, value in wanted.items()]
        operations += [(name, 0.0, True) for name in found if name not in wanted]
        answer = await client.send(client.get_random_node(), _AlterClientQuotas(user, operations))
        for code, message, _ in answer.entries:
            if code:
                raise for_code(code)(message)
        async with asyncio.timeout(_SECONDS):
            while await _there(client, user) != wanted:  # noqa: ASYNC110  the broker tells nobody
                await asyncio.sleep(0.1)
        return True


async def _there(client: AIOKafkaClient, user: str) -> dict[str, float]:
    request = DescribeClientQuotasRequest([("user", _EXACTLY, user)], True)
    answer = await client.send(client.get_random_node(), request)
    if answer.error_code:
        raise for_code(answer.error_code)(answer.error_message)
    return {name: value for _, values in answer.entries or () for name, value in values}


@asynccontextmanager
async def _connected(connect: Mapping[str, object]) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(**connect)
    await client.bootstrap()
    try:
        yield client
    finally:
        await client.close()
