"""What is stored of a person is sealed, and its keys are changed without a pause (ID-13)."""

import asyncio
import base64
from typing import Any

import psycopg
import pytest
from chassis.process import main
from chassis.service import ServiceContext
from chassis.testing import ServiceUnderTest, Stack
from chassis.tokens import TokenSource
from identification.app import SERVICE, resources, rewrap
from identification.settings import IdentificationSettings
from pydantic import ValidationError

from .conftest import KEYS
from .givens import (
    NGO,
    an_open_case,
    opened,
    problem,
    seen,
    somebody,
)

SAFE = {"channel": "sms", "address": "+994501112233", "hours": "10:00-17:00", "language": "az"}
PLANTED = {
    "prs_FirstName": "Zərifqızıl",
    "prs_MiddleName": "Qaranquşbəy",
    "prs_SecondName": "Çiyələkzadə",
    "prs_Birthdate": "1977-11-13",
    "prs_IdentityNumber": "PLX77113355",
    "prs_MobilePhone": "+994558877665",
    "prs_Email": "ciyelek.planted@example.test",
}
ACCOUNT = "Göy qapılı evin zirzəmisində saxlanılıb"


async def test_planted_words_are_nowhere_but_sealed(alone: ServiceUnderTest, capfd: pytest.CaptureFixture[str]) -> None:
    """ID-13: every column of every table, the outbox too, as bytes; and every line that was logged."""
    case = await an_open_case(alone, htcds=PLANTED, account=ACCOUNT, safe_contact=SAFE)
    reader = alone.person(NGO)
    await reader.post_ok(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
    await reader.post(f"/api/cases/{case['id']}/identity", {"version": 9, "htcds": PLANTED})
    await reader.post(
        "/api/reports", {"channel": "hotline", "htcds": PLANTED | {"prs_Birthdate": "x"}, "account": ACCOUNT}
    )
    await reader.post("/api/reports", {"channel": "hotline", PLANTED["prs_SecondName"]: ACCOUNT})
    again = await reader.post_ok("/api/reports", {"channel": "hotline", "htcds": PLANTED})
    await opened(alone, again)
    logged = "".join(capfd.readouterr())
    planted = [*PLANTED.values(), ACCOUNT, str(SAFE["address"]), "13.11.1977", "Çiyələk"]
    with psycopg.connect(alone.database.url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        assert len(tables) > 20
        for (table,) in tables:
            rows = connection.execute(f"select * from {table}").fetchall()  # noqa: S608
            stored = "\n".join(_readable(value) for row in rows for value in row)
            assert [word for word in planted if word.casefold() in stored.casefold()] == [], table
    assert [word for word in planted if word.casefold() in logged.casefold()] == []


def _readable(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


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
    secrets = {"client_secret": alone.settings.client_secret.get_secret_value(), "search_key": KEYS["search_key"]}
    for name, value in (values | secrets | {"master_key": NEW_MASTER}).items():
        monkeypatch.setenv(f"NRM_{name.upper()}", str(value))
    assert await asyncio.to_thread(main, SERVICE, ["rewrap"]) == 1
    assert capsys.readouterr().err.startswith("identity_unreadable")
    monkeypatch.setenv("NRM_FORMER_MASTER_KEYS", KEYS["master_key"])
    assert await asyncio.to_thread(main, SERVICE, ["rewrap"]) == 0
    assert capsys.readouterr().out == "rewrapped 1\n"


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
