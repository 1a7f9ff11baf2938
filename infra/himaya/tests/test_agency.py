"""`himaya agency`: what an operator is shown when something is wrong, and that what was begun is then completed."""

import json
from pathlib import Path

import pytest
from agency_access import broker
from agency_access.access import Grant, access_of
from chassis.testing import Stack, person_token
from confluent_kafka.admin import AdminClient

from .conftest import Desk, Himaya

ROOT = Path(__file__).parents[3]
AWAY = "127.0.0.1:9"


async def test_a_kind_never_changes(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    answer = await desk.adds(content=desk.agreement(edition=2, kind="ngo"))
    assert (answer.code, "kind_cannot_change" in answer.err, "new code" in answer.err) == (2, True, True)
    assert (await desk.shows())["kind"] == "international"


async def test_an_event_field_that_cannot_go_out_is_named_with_its_line(desk: Desk) -> None:
    agreement = desk.agreement()
    agreement["tells"][0]["fields"] = ["kind", "address"]
    answer = await desk.adds(content=agreement)
    assert answer.code == 2
    assert "agreement.yaml:12: tells.0.fields: unknown_field: address" in answer.err


@pytest.mark.parametrize("code", ["NGO", "ngo_amc", "a-b-c-d", "ngo.amc", "*"])
async def test_what_is_no_code_is_refused(himaya: Himaya, code: str) -> None:
    answer = await himaya("agency", "show", code)
    assert (answer.code, answer.out) == (2, "")
    assert "no code of an agency" in " ".join(answer.err.split())


async def test_who_is_no_operator_joins_nobody(desk: Desk) -> None:
    answer = await desk.adds(HIMAYA_TOKEN=person_token("ngo-amc.caseworker"))
    assert (answer.code, "role_lacks_right" in answer.err, answer.out) == (2, True, "")
    assert (await desk.run("show")).code == 2


async def test_while_the_broker_is_away_joining_waits_and_is_completed_later(desk: Desk) -> None:
    answer = await desk.adds("--secret-file", str(desk.secret_file), HIMAYA_KAFKA=AWAY)
    assert (answer.code, answer.err.split(": ")[1]) == (3, f"the broker does not answer at {AWAY}")
    shown = await desk.shows()
    assert (shown["agreement"], shown["client"], shown["rights"]) == ("none", "enabled", "0 of 4")
    assert shown["run"] == f"himaya agency add {desk.code} --agreement FILE"
    before = desk.secret_file.read_text()
    assert (await desk.adds("--secret-file", str(desk.secret_file))).code == 0
    assert desk.secret_file.read_text() == before
    assert (await desk.shows())["run"] is None


async def test_the_agreement_of_the_how_to_is_one(desk: Desk) -> None:
    """docs/how-to/connect-an-agency.md, as it is copied from there."""
    page = (ROOT / "docs" / "how-to" / "connect-an-agency.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0].replace("agency: iom-baku ", f"agency: {desk.code} ")
    answer = await desk.adds(content=text)
    assert (answer.code, answer.err) == (0, "")
    assert "submitted: 0 accepted, 0 waiting, refused: none; last never" in (await desk.run("show")).out


async def test_a_secret_finds_its_place_before_a_client_is_made(desk: Desk) -> None:
    desk.secret_file.write_text("of somebody else")
    answer = await desk.adds("--secret-file", str(desk.secret_file))
    assert (answer.code, "is there already" in answer.err) == (2, True)
    assert desk.secret_file.read_text() == "of somebody else"
    assert (await desk.run("show")).code == 2


async def test_while_the_broker_is_away_the_stream_and_the_client_are_cut_off_nevertheless(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    answer = await desk.run("suspend", "--reason", "security_incident", HIMAYA_KAFKA=AWAY)
    assert (answer.code, "rights     NOT DONE" in answer.out) == (3, True)
    shown = await desk.shows()
    assert (shown["agreement"], shown["client"]) == ("suspended, edition 1", "disabled")
    assert (shown["rights"], shown["run"]) == (
        "0 of 0 and 4 beyond",
        f"himaya agency suspend {desk.code} --reason REASON",
    )
    assert (await desk.run("suspend", "--reason", "security_incident")).code == 0
    assert (await desk.shows())["run"] is None


async def test_while_keycloak_is_away_the_stream_is_cut_off_nevertheless(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    away = f"http://{AWAY}/realms/nrm"
    answer = await desk.run("suspend", "--reason", "security_incident", HIMAYA_ISSUER=away)
    assert (answer.code, answer.out.splitlines()[0]) == (3, "stream     suspended from now on")
    assert f"Keycloak does not answer at http://{AWAY}" in answer.err
    assert (await desk.run("suspend", "--reason", "security_incident")).code == 0
    shown = await desk.shows()
    assert (shown["state"], shown["rights"], shown["run"]) == ("suspended", "0 of 0", None)


async def test_while_the_exchange_is_away_rights_and_client_are_cut_off_nevertheless(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    away = json.dumps({"exchange": f"http://{AWAY}"})
    answer = await desk.run("suspend", "--reason", "security_incident", HIMAYA_SERVICES=away)
    assert (answer.code, "the stream is not: run the same again" in answer.err) == (3, True)
    shown = await desk.shows()
    assert (shown["state"], shown["client"], shown["rights"]) == ("active", "disabled", "0 of 4")
    assert (await desk.run("suspend", "--reason", "security_incident")).code == 0
    assert (await desk.shows())["run"] is None


async def test_what_was_broken_by_hand_is_shown_and_mended(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    access = access_of(desk.code)
    admin = AdminClient({**Stack.running().bus_admin})
    lost = Grant(access.principal, "READ", "TOPIC", access.reads)
    broker.take(admin, {lost})
    broker.wait_until(admin, revoked={lost})
    shown = await desk.shows()
    assert (shown["rights"], shown["run"]) == ("3 of 4", f"himaya agency resume {desk.code}")
    mended = await desk.run("resume")
    assert (mended.code, "rights     1 given" in mended.out) == (0, True)
    assert (await desk.shows())["run"] is None


async def test_one_that_is_suspended_stays_so_when_a_newer_agreement_comes(desk: Desk) -> None:
    assert (await desk.adds()).code == 0
    assert (await desk.run("suspend", "--reason", "flooding")).code == 0
    answer = await desk.adds(content=desk.agreement(edition=2))
    assert (answer.code, answer.out.splitlines()[-1]) == (0, f"{desk.code} is suspended")
    shown = await desk.shows()
    assert (shown["agreement"], shown["client"], shown["run"]) == ("suspended, edition 2", "disabled", None)


async def test_a_joining_that_was_given_up_is_cut_off(desk: Desk) -> None:
    assert (await desk.adds(HIMAYA_KAFKA=AWAY)).code == 3
    answer = await desk.run("remove", "--reason", "asked_by_agency")
    assert (answer.code, answer.out.splitlines()[-1]) == (0, f"{desk.code} is cut off; nothing was agreed with it")
    assert (await desk.shows())["client"] == "disabled"
    assert (await desk.adds()).code == 0
    assert (await desk.shows())["run"] is None


async def test_settings_of_keycloak_that_are_wrong_are_named(desk: Desk) -> None:
    wrong = await desk.run("show", HIMAYA_PROVISIONING_SECRET="wrong")
    assert (wrong.code, "HIMAYA_PROVISIONING_SECRET" in wrong.err) == (2, True)
    missing = await desk.run("show", HIMAYA_PROVISIONING_SECRET="")
    assert (missing.code, "HIMAYA_PROVISIONING_SECRET" in missing.err) == (2, True)


async def test_agencies_are_listed_with_those_whose_joining_was_cut_off(
    desk: Desk, himaya: Himaya, services: str
) -> None:
    assert (await desk.adds(HIMAYA_KAFKA=AWAY)).code == 3
    secret = Stack.running().secrets["clients"]["provisioning"]
    answer = await himaya("agency", "list", "--json", HIMAYA_SERVICES=services, HIMAYA_PROVISIONING_SECRET=secret)
    listed = {one["code"]: one for one in json.loads(answer.out)}
    assert listed[desk.code] == {"code": desk.code, "state": None, "may_sign_in": True}
    sms = listed["sms"]
    assert (sms["state"], sms["kind"], sms["may_sign_in"]) == ("active", "migration", True)
