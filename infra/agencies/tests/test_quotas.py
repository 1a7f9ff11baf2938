"""Quotas at the real broker, by a call that no client library has."""

from collections.abc import Mapping
from uuid import uuid4

import pytest
from agency_access import quotas
from agency_access.access import access_of
from aiokafka.errors import KafkaError
from chassis.testing import Stack


@pytest.fixture
def connect() -> Mapping[str, str]:
    return Stack.running().bus_admin_arguments


async def test_quotas_are_set_changed_and_taken_away(connect: Mapping[str, str]) -> None:
    user = f"stranger-{uuid4()}"
    assert await quotas.there(connect, user) == {}
    for wanted in ({"producer_byte_rate": 1024.0, "request_percentage": 10.0}, {"producer_byte_rate": 2048.0}, {}):
        assert await quotas.apply(connect, user, wanted)
        assert not await quotas.apply(connect, user, wanted)
        assert await quotas.there(connect, user) == wanted


async def test_a_quota_that_there_is_none_of_is_refused(connect: Mapping[str, str]) -> None:
    user = f"stranger-{uuid4()}"
    with pytest.raises(KafkaError):
        await quotas.apply(connect, user, {"smiles_a_second": 1.0})
    assert await quotas.there(connect, user) == {}


async def test_agencies_of_the_start_are_bounded(connect: Mapping[str, str]) -> None:
    for code in ("ngo-clean-world", "ngo-amc", "ngo-acu", "sms"):
        access = access_of(code)
        assert await quotas.there(connect, access.client_id) == access.quotas
