"""A bar's certificate names its holder and nothing of why; who verifies it learns nothing else (RP-4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import shelter
from sqlalchemy import text

from .givens import (
    CASEWORKER,
    CONSIDERED,
    LAWYER,
    MOTION_OFFICER,
    NOW,
    PERMIT_OFFICER,
    a_recognised_case,
    bars_of,
    consent,
    known_persons,
)

BORDER = "sbs.reporter"
INVALID = {"valid": False, "until": None}
WHY = ("traffick", "insan alveri", "торговл", "79.4", "29.5", "victim", "zərərçəkmiş", "жертв")


async def test_it_names_its_holder_number_and_issuer(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-13: the name is opened as an identity is, for this printing; the same bar has the same certificate."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    worker = repatriation.person(CASEWORKER)
    printed = await worker.get_ok(f"/api/bars/{bar['id']}/certificate")
    assert printed["holder"] == "Aysel Məmmədova"
    assert printed["issuer"] == "Azerbaijan Migration Centre"
    for language in ("az", "en", "ru"):
        line = printed["text"][language]
        assert all(part in line for part in (printed["holder"], printed["number"], printed["check"]))
    again = await worker.get_ok(f"/api/bars/{bar['id']}/certificate")
    assert (again["number"], again["check"]) == (printed["number"], printed["check"])
    assert [case_id for _, case_id in known_persons(repatriation).names_opened] == [case, case]
    async with repatriation.database.engine.connect() as connection:
        stored = (await connection.execute(text("select c::text from certificate c"))).scalars().all()
    assert len(stored) == 1
    assert "Aysel" not in stored[0]


@pytest.mark.parametrize("by", [CASEWORKER, MOTION_OFFICER])
async def test_nothing_on_it_shows_why(repatriation: ServiceUnderTest, by: str) -> None:
    """RP-4, NO-1: no article for victims of trafficking, no name of an agency that states what it does."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    printed = await repatriation.person(by).get_ok(f"/api/bars/{bar['id']}/certificate")
    shown = " ".join((printed["legal"], printed["issuer"], *printed["text"].values())).lower()
    assert [word for word in WHY if word in shown] == []


async def test_a_notice_or_a_consent_without_identity_opens_no_name(repatriation: ServiceUnderTest) -> None:
    """ID-12, RP-4: they print it, and whoever shows it states the name."""
    case = await a_recognised_case(repatriation)
    await consent(repatriation, case, "sms", "removal_bar")
    await consent(repatriation, case, "ngo-clrpl", "legal_aid")
    (bar,) = await bars_of(repatriation, case)
    for by in (PERMIT_OFFICER, LAWYER):
        assert (await repatriation.person(by).get_ok(f"/api/bars/{bar['id']}/certificate"))["holder"] is None
    assert known_persons(repatriation).names_opened == []


async def test_whoever_shelters_the_person_prints_it(repatriation: ServiceUnderTest) -> None:
    """RP-4: at night the worker of the shelter, who reads nothing more of the bar."""
    case = await a_recognised_case(repatriation)
    admitted = shelter.ShelterAdmitted(
        effective_at=CONSIDERED,
        case_id=case,
        stay_id=uuid4(),
        operator="ngo-acu",
        ends_at=CONSIDERED + timedelta(days=30),
    )
    await repatriation.receives(admitted)
    (bar,) = await bars_of(repatriation, case, by="ngo-acu.shelter-worker")
    assert "basis" not in bar
    printed = await repatriation.person("ngo-acu.shelter-worker").get_ok(f"/api/bars/{bar['id']}/certificate")
    assert printed["holder"] == "Aysel Məmmədova"


async def test_verification_answers_valid_until_a_day_or_invalid(repatriation: ServiceUnderTest) -> None:
    """RP-4: an officer without the case; a wrong number, a wrong code and a bar that ended have one answer."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    printed = await repatriation.person(CASEWORKER).get_ok(f"/api/bars/{bar['id']}/certificate")
    codes = {"number": printed["number"], "check": printed["check"]}
    officer = repatriation.person(BORDER)
    valid = await officer.post_ok("/api/certificates/verification", codes)
    assert set(valid) == {"valid", "until"}
    assert (valid["valid"], valid["until"]) == (True, printed["until"][:10])
    for wrong in ({"number": "0000-0000"}, {"check": "00000-00000"}):
        assert await officer.post_ok("/api/certificates/verification", codes | wrong) == INVALID
    repatriation.now = NOW + timedelta(days=400)
    assert await officer.post_ok("/api/certificates/verification", codes) == INVALID
