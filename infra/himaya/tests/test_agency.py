"""`himaya agency`: what an operator is shown when something is wrong, and that what was begun is then completed."""

import json
import random
import string
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from agency_access import broker
from agency_access.access import Grant, access_of
from chassis.testing import Databases, ServiceUnderTest, Stack, bench, person_token
from confluent_kafka.admin import AdminClient
from exchange.app import SERVICE as EXCHANGE
from exchange.commands import Agree, LineBody
from himaya import agreement_file
from nrm_events.taking_part import AgencyKind

from .conftest import Answer, Himaya, served

ROOT = Path(__file__).parents[3]
AWAY = "127.0.0.1:9"
A_LINE: dict[str, object] = {
    "event": "shelter.AssistanceGiven",
    "fields": ["kind"],
    "purpose": "assistance",
    "ground": "consent",
    "legal": "the person's consent",
}


@pytest.fixture(scope="session")
def exchange_databases() -> Databases:
    made = Databases(Stack.running(), EXCHANGE, template="himaya")
    made.prepare()
    return made


@pytest.fixture
async def exchange(exchange_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(EXCHANGE, exchange_databases) as made:
        yield made


@pytest.fixture
async def services(exchange: ServiceUnderTest) -> AsyncIterator[str]:
    """Where the exchange answers, as HIMAYA_SERVICES."""
    async with served(exchange) as found:
        yield json.dumps({"exchange": found})


class Desk:
    """An operator and one agency that nobody knows yet."""

    def __init__(self, himaya: Himaya, services: str, folder: Path) -> None:
        self._himaya, self._services, self._folder = himaya, services, folder
        self.code = "iom-" + "".join(random.choices(string.ascii_lowercase, k=10))  # noqa: S311  a name
        self.secret_file = folder / "secret"

    async def run(self, command: str, *more: str, **env: str) -> Answer:
        secrets = {"HIMAYA_PROVISIONING_SECRET": Stack.running().secrets["clients"]["provisioning"]}
        return await self._himaya(
            "agency", command, self.code, *more, **{"HIMAYA_SERVICES": self._services} | secrets | env
        )

    async def adds(self, *more: str, content: Any = None, **env: str) -> Answer:
        return await self.run("add", "--agreement", str(self.file(content or self.agreement())), *more, **env)

    def agreement(self, **more: Any) -> dict[str, Any]:
        return {
            "agency": self.code,
            "title": "A title",
            "kind": "international",
            "edition": 1,
            "from": "2020-01-01",
            "legal": "a memorandum",
            "may_say": ["ReferralSubmitted", "WithdrawalAcknowledged"],
            "tells": [A_LINE],
        } | more

    def file(self, content: Any) -> Path:
        path = self._folder / "agreement.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    async def shows(self) -> dict[str, Any]:
        answer = await self.run("show", "--json")
        shown: dict[str, Any] = json.loads(answer.out)
        assert (answer.code == 0) == (shown["run"] is None)
        return shown | {part["part"].split()[0]: part["stands"] for part in shown["parts"]}


@pytest.fixture
def desk(himaya: Himaya, services: str, tmp_path: Path) -> Desk:
    return Desk(himaya, services, tmp_path)


@pytest.mark.parametrize(
    ("more", "line", "expected"),
    [
        ({"edition": "many"}, 4, "edition: int_parsing"),
        ({"tells": [{"event": "shelter.Sang", "fields": []}]}, 11, "tells.0.ground: missing"),
        ({"until": "2019-01-01"}, 17, "until: before_from"),
        ({"kind": "club"}, 3, "kind: literal_error: what the agency is, one of: police, migration, border, "),
        ({"kind": "police"}, 14, "tells.0.purpose: police_by_handover: police learn of a case by the hand-over alone"),
        ({"may_say": ["ReferralSubmitted"]}, 7, "may_say: cannot_acknowledge: a line rests on a consent"),
        ({"may_say": ["ReferralSubmitted"] * 2 + ["WithdrawalAcknowledged"]}, 7, "named_twice: ReferralSubmitted"),
        ({"may_say": ["Anything"]}, 8, "may_say.0: literal_error: Input should be 'ReferralSubmitted', "),
        ({"purposes": []}, 17, "purposes: extra_forbidden: there is no such field; there are agency, title, kind, "),
        (
            {"tells": [A_LINE | {"why": "so"}]},
            17,
            "tells.0.why: extra_forbidden: there is no such field; there are event, fields, ",
        ),
        (
            {"tells": [A_LINE | {"event": "shelter.Sang"}]},
            11,
            "tells.0.event: unknown_event: can go out: shelter.AssistanceGiven, ",
        ),
        ({"tells": [A_LINE | {"fields": ["name"]}]}, 12, "unknown_field: name; the event has assistance_id, "),
        (
            {"tells": [A_LINE | {"purpose": "fun"}]},
            14,
            "tells.0.purpose: literal_error: Input should be 'referral', 'assistance', ",
        ),
        (
            {"tells": [A_LINE | {"ground": "friendship"}]},
            15,
            "tells.0.ground: literal_error: Input should be 'consent', ",
        ),
        (
            {"tells": [A_LINE | {"ground": "holder"}]},
            15,
            "AssistanceGiven never goes out on holder; it does on addressed, consent, ",
        ),
        ({"tells": [A_LINE | {"fields": "kind"}]}, 12, "tells.0.fields: list_type"),
        ({"from": "soon"}, 5, "from: date_from_datetime_parsing"),
        ("agency: iom\ntitle: one\nagency: iom", 3, "agency stands here a second time"),
        ({"agency": "iom"}, None, "other_agency"),
        ("agency: [iom", None, "no YAML"),
        ("just a sentence", None, "not an agreement"),
    ],
)
async def test_a_fault_in_the_agreement_is_named_by_line_and_nothing_is_made(
    desk: Desk, more: Any, line: int | None, expected: str
) -> None:
    answer = await desk.adds(content=more if isinstance(more, str) else desk.agreement(**more))
    assert (answer.code, answer.out) == (2, "")
    assert expected in answer.err
    if line:
        assert f"agreement.yaml:{line}: " in answer.err
    shown = await desk.run("show")
    assert (shown.code, shown.err.split(": ")[1]) == (2, f"there is no agency {desk.code} on the bus")


def test_the_fields_that_a_refusal_lists_are_those_of_the_exchange() -> None:
    for listed, model in ((agreement_file.OF_AGREEMENT, Agree), (agreement_file.OF_LINE, LineBody)):
        assert set(listed) == {field.alias or name for name, field in model.model_fields.items()}


async def test_an_agreement_without_a_kind_is_refused_with_the_list(desk: Desk) -> None:
    """What is missing, where, and what it can be; and nothing is made."""
    agreement = desk.agreement()
    del agreement["kind"]
    answer = await desk.adds(content=agreement)
    assert (answer.code, answer.out) == (2, "")
    where, fault = answer.err.splitlines()[1].split(": kind: ")
    assert where.endswith("agreement.yaml:1")
    assert fault == f"missing: what the agency is, one of: {', '.join(get_args(AgencyKind))}"
    assert (await desk.run("show")).code == 2


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
    assert "agreement.yaml:11: tells.0.fields: unknown_field: address" in answer.err


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
