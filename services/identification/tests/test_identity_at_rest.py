"""What is stored of a person is sealed, and its keys are changed without a pause (ID-13)."""

from typing import Any

import psycopg
import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    NGO,
    an_open_case,
    opened,
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
