"""The keys of the vault are changed without a pause, and one damaged record stops no change (ID-13, ID-18)."""

import asyncio
import base64
import json
from typing import Any
from uuid import UUID

import pytest
from chassis.errors import DomainError
from chassis.process import main
from chassis.service import ServiceContext
from chassis.testing import ServiceUnderTest, Stack
from chassis.ticker import tick_once
from chassis.tokens import TokenSource
from identification.app import SERVICE, reindex, resources, rewrap
from identification.settings import IdentificationSettings
from identification.use_cases import search_index
from pydantic import ValidationError
from sqlalchemy import text

from .conftest import KEYS
from .givens import (
    NGO,
    REPORTED,
    a_received_report,
    a_search,
    an_open_case,
    moment,
    problem,
    seen,
    somebody,
)

NEW_MASTER = base64.b64encode(b"n" * 32).decode()


async def test_the_master_key_is_changed_without_a_pause(alone: ServiceUnderTest) -> None:
    """The new key with the old one as former opens all; after `rewrap` the old one is not needed any more."""
    people = [somebody() for _ in range(3)]
    stored = [await an_open_case(alone, htcds=person) for person in people]
    turning = _with(alone, master_key=NEW_MASTER, former_master_keys=KEYS["master_key"])
    _use(alone, turning)
    stored.append(await an_open_case(alone))
    assert await rewrap(turning) == "rewrapped 3"
    assert await rewrap(turning) == "rewrapped 0"
    _use(alone, _with(alone, master_key=NEW_MASTER))
    for case, person in zip(stored, people, strict=False):
        read = await alone.person(NGO).post_ok(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
        assert read["htcds"]["prs_SecondName"] == person["prs_SecondName"]
    _use(alone, _with(alone))
    lost = await alone.person(NGO).post(f"/api/cases/{stored[0]['id']}/identity/reading", {"purpose": "assess"})
    assert problem(lost) == (500, "identity_unreadable")
    assert (await seen(alone, stored[0]))["status"] == "consent_pending"


async def test_rewrap_is_run_by_the_operator(
    alone: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m identification rewrap`; without the former key it changes nothing and says so by a code."""
    await an_open_case(alone)
    values = alone.settings.model_dump(include={"database_url", "kafka", "issuer", "client_id"})
    values["clients"] = json.dumps(sorted(alone.settings.clients))
    secrets = {"client_secret": alone.settings.client_secret.get_secret_value(), "search_key": KEYS["search_key"]}
    for name, value in (values | secrets | {"master_key": NEW_MASTER}).items():
        monkeypatch.setenv(f"NRM_{name.upper()}", str(value))
    assert await asyncio.to_thread(main, SERVICE, ["rewrap"]) == 1
    assert capsys.readouterr().err.startswith("identity_unreadable")
    monkeypatch.setenv("NRM_FORMER_MASTER_KEYS", KEYS["master_key"])
    assert await asyncio.to_thread(main, SERVICE, ["rewrap"]) == 0
    assert capsys.readouterr().out == "rewrapped 1\n"


NEW_SEARCH = base64.b64encode(b"t" * 32).decode()


async def finds(service: ServiceUnderTest, case: dict[str, Any], known: dict[str, Any]) -> bool:
    report = await a_received_report(service, htcds={"prs_IdentityNumber": known["prs_IdentityNumber"]})
    return case["id"] in [candidate["case_id"] for candidate in (await a_search(service, report))["candidates"]]


async def test_the_search_key_is_changed_without_a_pause(
    alone: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-18: both keys find; `reindex` goes on where it was interrupted; after it the old key finds nobody."""
    monkeypatch.setattr(search_index, "_PERSONS_AT_ONCE", 1)
    people = [somebody() for _ in range(3)]
    stored = [await an_open_case(alone, htcds=person) for person in people]
    turning = _with(alone, search_key=NEW_SEARCH, former_search_keys=KEYS["search_key"])
    _use(alone, turning)
    people.append(somebody())
    stored.append(await an_open_case(alone, htcds=people[-1]))
    assert all([await finds(alone, *pair) for pair in zip(stored, people, strict=True)])
    async with turning.unit_of_work() as uow:
        assert (await search_index.reindex_persons(uow, None))[1:] == (1, 0)
    assert all([await finds(alone, *pair) for pair in zip(stored, people, strict=True)])
    assert await reindex(turning) == "reindexed 2"
    assert await reindex(turning) == "reindexed 0"
    _use(alone, _with(alone, search_key=NEW_SEARCH))
    assert all([await finds(alone, *pair) for pair in zip(stored, people, strict=True)])
    _use(alone, _with(alone))
    assert not any([await finds(alone, *pair) for pair in zip(stored, people, strict=True)])


async def test_reindex_finds_by_what_former_editions_did_not_know(alone: ServiceUnderTest) -> None:
    """ID-18: persons that an earlier release indexed, without the phone of a safe contact and with other numbers."""
    known = somebody()
    phone = somebody()["prs_MobilePhone"]
    contact = {"channel": "sms", "address": phone, "hours": None, "language": "az"}
    case = await an_open_case(alone, htcds=known, safe_contact=contact)
    async with alone.session() as session:
        await session.execute(text("delete from search_digest"))
        await session.execute(text("update person set indexed_by = '\\x00000000'"))
    turning = _with(alone)
    assert not await finds(alone, case, known)
    assert await reindex(turning) == "reindexed 1"
    assert await finds(alone, case, known)
    report = await a_received_report(alone, htcds={"prs_MobilePhone": phone})
    assert [c["case_id"] for c in (await a_search(alone, report))["candidates"]] == [case["id"]]


async def test_one_damaged_record_stops_no_change_of_keys(alone: ServiceUnderTest) -> None:
    """All others are done, and the command ends with the number of those that stay as they are."""
    people = [somebody() for _ in range(3)]
    stored = [await an_open_case(alone, htcds=person) for person in people]
    damage = text("update person set wrapped_key = overlay(wrapped_key placing '\\xffff' from 30) where case_id = :id")
    async with alone.session() as session:
        await session.execute(damage, {"id": UUID(stored[1]["id"])})
    turning = _with(
        alone,
        **{"master_key": NEW_MASTER, "former_master_keys": KEYS["master_key"]},
        **{"search_key": NEW_SEARCH, "former_search_keys": KEYS["search_key"]},
    )
    _use(alone, turning)
    for command, done in ((rewrap, "rewrapped 2; 1"), (reindex, "reindexed 2; 1")):
        with pytest.raises(DomainError, match="identity_unreadable") as refused:
            await command(turning)
        assert refused.value.detail.startswith(done)
    _use(alone, _with(alone, master_key=NEW_MASTER, search_key=NEW_SEARCH))
    assert [await finds(alone, stored[n], people[n]) for n in (0, 1, 2)] == [True, False, True]


async def test_a_damaged_record_lets_other_children_come_of_age(alone: ServiceUnderTest) -> None:
    """ID-5: the clock goes on behind the one that it cannot open."""
    alone.now = moment(REPORTED)
    born = {"prs_Birthdate": "2006-06-01"}
    first, second = [await an_open_case(alone, htcds=somebody(**born)) for _ in range(2)]
    async with alone.session() as session:
        await session.execute(
            text("update person set wrapped_key = '\\x' where case_id = :id"), {"id": UUID(first["id"])}
        )
    await tick_once(alone.service, alone.database, moment("2024-07-01T08:00:00+04:00"))
    groups = [(await seen(alone, case))["age_group"] for case in (first, second)]
    assert groups == ["child", "adult"]


def _with(service: ServiceUnderTest, **keys: str) -> ServiceContext:
    settings = Stack.running().settings(SERVICE, "unused", **(KEYS | keys))
    source = TokenSource(settings)
    assert isinstance(settings, IdentificationSettings)
    made = resources(settings, source)
    return ServiceContext(SERVICE, service.database, settings, source, made, service.clock)


def _use(service: ServiceUnderTest, context: ServiceContext) -> None:
    """As if the service had been started with these keys."""
    service.database.resources = service.app.state.resources = context.resources


@pytest.mark.parametrize("values", ["", "short", "not base64!", f"{NEW_MASTER},{NEW_MASTER}"])
def test_a_wrong_key_stops_the_process_with_the_name_of_the_setting(
    values: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The value is not repeated."""
    with pytest.raises(ValidationError):
        Stack.running().settings(SERVICE, "unused", **(KEYS | {"master_key": values}))
    for name in IdentificationSettings.model_fields:
        monkeypatch.delenv(f"NRM_{name.upper()}", raising=False)
    monkeypatch.setenv("NRM_MASTER_KEY", values)
    assert main(SERVICE, ["rewrap"]) == 2
    printed = capsys.readouterr().err
    assert "NRM_MASTER_KEY: Value error, must be" in printed
    assert not values or values not in printed
