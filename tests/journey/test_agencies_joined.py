"""Operators join an agency's system, cut it off, let it in again; one that floods slows nobody (docs/adr/0019)."""

import asyncio
import json
import random
import string
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml
from agency_access import clients
from agency_access.access import Access, access_of
from aiokafka import AIOKafkaConsumer, TopicPartition
from chassis.testing import Stack
from keycloak import KeycloakAdmin
from nrm_events import from_message
from nrm_events.agencies import SubmissionAnswered

from . import platform
from .flood import Flood
from .held import HeldToken
from .systems import PATIENCE, Operator, System

OTHER = "ngo-clean-world"
STEPS = ("agreement", "client", "quotas", "rights", "topics")


def a_new_code() -> str:
    return f"ngo-{''.join(random.choices(string.ascii_lowercase, k=10))}"  # noqa: S311  a name


def agreement_of(code: str, folder: Path, edition: int = 1) -> str:
    """A file that lets the agency refer persons."""
    file = folder / f"{code}.{edition}.yaml"
    agreed = {
        "agency": code,
        "title": "An agency that is new",
        "kind": "ngo",
        "edition": edition,
        "from": "2020-01-01",
        "legal": "a memorandum",
        "may_say": ["ReferralSubmitted", "WithdrawalAcknowledged"],
        "tells": [],
    }
    file.write_text(yaml.safe_dump(agreed), encoding="utf-8")
    return str(file)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


class Joined:
    """An agency that was joined just now, and its system."""

    def __init__(self, access: Access, secret: str, system: System) -> None:
        self.access, self.code, self.secret, self.system = access, access.code, secret, system


async def join(operator: Operator, folder: Path) -> Joined:
    code, secret = a_new_code(), folder / f"{uuid4().hex}.secret"
    done, output = await operator.runs(
        "add", code, "--agreement", agreement_of(code, folder), "--secret-file", str(secret)
    )
    assert done == 0, output
    assert secret.stat().st_mode & 0o777 == 0o600
    key = secret.read_text(encoding="utf-8").strip()
    assert key not in output
    return Joined(access_of(code), key, System(folder / code, code, key, f"Tazəqoşulan{uuid4().hex[:8]}"))


@pytest.fixture
async def joined(operator: Operator, tmp_path: Path) -> AsyncIterator[Joined]:
    made = await join(operator, tmp_path)
    await made.system.staff("init")
    made.system.run()
    yield made
    made.system.stop()
    await operator.runs("remove", made.code, "--reason", "agreement_ended")


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[System]:
    """Another agency's system, which has been there from the start."""
    key = Stack.running().secrets["clients"][f"agency-{OTHER}"]
    made = System(tmp_path / OTHER, OTHER, key, f"Başqaqız{uuid4().hex[:8]}")
    await made.staff("init")
    made.run()
    yield made
    made.stop()


async def sign_in(access: Access, secret: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=30) as http:
        form = {"grant_type": "client_credentials"}
        address = f"{Stack.running().issuer}/protocol/openid-connect/token"
        return await http.post(address, data=form, auth=(access.client_id, secret))


def keycloak() -> KeycloakAdmin:
    stack = Stack.running()
    return KeycloakAdmin(
        server_url=stack.endpoints["keycloak"],
        realm_name="nrm",
        client_id="provisioning",
        client_secret_key=stack.secrets["clients"]["provisioning"],
    )


async def test_a_new_agency_is_joined_refers_a_person_and_has_its_answer(
    operator: Operator, joined: Joined, tmp_path: Path
) -> None:
    """ID-1. Joined again nothing is done; removed it is out; joined again by a new agreement it has a new secret."""
    reference, state, code, _ = await joined.system.refers("N-1")
    assert (reference, state, code) == ("N-1", "accepted", "accepted"), joined.system.log
    done, output = await operator.runs("add", joined.code, "--agreement", agreement_of(joined.code, tmp_path), "--json")
    shown = json.loads(output)
    assert (done, shown["state"], "secret" in shown) == (0, "active", False)
    assert [step["did"] for step in shown["steps"]][1:-1] == ["stands"] * 4
    assert (await operator.shows(joined.code))["run"] is None
    done, output = await operator.runs("remove", joined.code, "--reason", "agreement_ended")
    assert (done, output.splitlines()[-1]) == (0, f"{joined.code} is removed")
    assert (await sign_in(joined.access, joined.secret)).status_code == 401
    shown = await operator.shows(joined.code)
    assert (shown["state"], shown["run"]) == ("removed", None)
    done, output = await operator.runs("add", joined.code, "--agreement", agreement_of(joined.code, tmp_path))
    assert (done, "agency_removed" in output) == (2, True)
    newer = agreement_of(joined.code, tmp_path, edition=2)
    done, output = await operator.runs("add", joined.code, "--agreement", newer, "--json")
    assert (done, (await sign_in(joined.access, json.loads(output)["secret"])).status_code) == (0, 200)
    assert (await sign_in(joined.access, joined.secret)).status_code == 401


@pytest.mark.parametrize("step", STEPS)
async def test_joining_that_is_killed_at_a_step_is_completed_by_joining_again(
    operator: Operator, tmp_path: Path, step: str
) -> None:
    code = a_new_code()
    command = ("add", code, "--agreement", agreement_of(code, tmp_path))
    begun = operator.begins(*command)
    assert begun.stdout
    await asyncio.to_thread(_read_up_to, begun, step)
    begun.kill()
    begun.communicate()
    done, output = await operator.runs(*command)
    assert done == 0, output
    assert (await operator.shows(code))["run"] is None
    done, output = await operator.runs("secret", code, "--json")
    assert (done, (await sign_in(access_of(code), json.loads(output)["secret"])).status_code) == (0, 200)
    assert (await operator.runs("remove", code, "--reason", "agreement_ended"))[0] == 0


def _read_up_to(begun: "subprocess.Popen[str]", step: str) -> None:
    assert begun.stdout
    for line in begun.stdout:
        if line.startswith(step):
            return
    raise AssertionError(begun.stderr.read() if begun.stderr else "")


async def test_who_is_cut_off_is_out_at_the_broker_at_once_and_at_the_api_with_its_last_token(
    operator: Operator, joined: Joined, other: System
) -> None:
    """Meanwhile another agency goes on; let in again it goes on where it was, and nothing is doubled."""
    _, first, _, _ = await joined.system.refers("S-1")
    assert first == "accepted", joined.system.log
    await asyncio.to_thread(clients.ensure, keycloak(), joined.access, seconds=15)  # the test waits for its real end
    async with HeldToken(joined.access, (await sign_in(joined.access, joined.secret)).json()["access_token"]) as held:
        assert held.lives <= 60
        assert (await held.may_write(), await held.may_read()) == (True, True)
        assert await held.is_taken_by_identification()
        done, output = await operator.runs("suspend", joined.code, "--reason", "security_incident")
        assert (done, output.splitlines()[-1]) == (0, f"{joined.code} is suspended")
        assert (await held.may_write(), await held.may_read()) == (False, False)
        assert (await sign_in(joined.access, joined.secret)).status_code == 401
        await joined.system.refers("S-2", wait=0)
        assert (await other.refers("O-1"))[1] == "accepted", other.log
        async with asyncio.timeout(PATIENCE):
            while await held.is_taken_by_identification():  # noqa: ASYNC110  nothing signals that a token has ended
                await asyncio.sleep(0.5)
    assert (await joined.system.staff("show", "S-2"))[1][0][1] != "accepted"
    assert (await operator.runs("resume", joined.code))[0] == 0
    assert (await joined.system.refers("S-2"))[1] == "accepted", joined.system.log
    assert (await joined.system.refers("S-1"))[1] == "accepted", joined.system.log
    assert platform.count("identification", "report", "received_by", joined.code) == 2
    assert sorted((await answers_to(joined.access)).values()) == [1, 1]


async def answers_to(access: Access) -> Counter[str]:
    """How often each of the agency's submissions was answered."""
    found: Counter[str] = Counter()
    consumer = AIOKafkaConsumer(**Stack.running().bus_admin_arguments)
    await consumer.start()
    try:
        places = [TopicPartition(access.reads, n) for n in range(3)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    data = from_message(record.key, record.value, record.headers).data
                    if isinstance(data, SubmissionAnswered):
                        found[str(data.submission_id)] += 1
    finally:
        await consumer.stop()
    return found


async def test_one_that_floods_is_held_back_by_the_broker_and_another_is_answered_meanwhile(
    operator: Operator, joined: Joined, other: System
) -> None:
    joined.system.stop()
    with Flood(joined.access, joined.secret) as flood:
        await asyncio.to_thread(flood.wait_until_held_back, PATIENCE)
        assert (await other.refers("F-1"))[1] == "accepted", other.log
        assert flood.waits > 0, "it goes on as fast as it can"
        assert flood.refused == 0
        assert (await operator.runs("suspend", joined.code, "--reason", "flooding"))[0] == 0
        await asyncio.to_thread(flood.wait_until_refused, PATIENCE)


async def test_an_agency_of_the_start_that_was_cut_off_stays_out_when_the_stack_is_applied_again(
    operator: Operator,
) -> None:
    access = access_of("ngo-acu")
    secret = Stack.running().secrets["clients"][access.client_id]
    assert (await operator.runs("suspend", access.code, "--reason", "asked_by_agency"))[0] == 0
    try:
        for part in ("bus", "realm"):
            await local_stack(part, "apply")
        await local_stack("up")
        shown = await operator.shows(access.code)
        assert (shown["state"], shown["run"]) == ("suspended", None)
        assert {part["part"]: part["stands"] for part in shown["parts"]}["rights"] == "0 of 0"
        assert (await sign_in(access, secret)).status_code == 401
    finally:
        assert (await operator.runs("resume", access.code))[0] == 0
    assert (await sign_in(access, secret)).status_code == 200
    assert (await operator.shows(access.code))["run"] is None


async def local_stack(*command: str) -> None:
    def work() -> None:
        subprocess.run([sys.executable, "-m", "local_stack", *command], check=True, timeout=180, capture_output=True)

    await asyncio.to_thread(work)


async def test_of_two_operators_the_later_decision_holds_and_nothing_stays_half_done(
    operator: Operator, joined: Joined
) -> None:
    for _ in range(3):
        await asyncio.gather(
            operator.runs("suspend", joined.code, "--reason", "flooding"),
            operator.runs("resume", joined.code),
            operator.runs("suspend", joined.code, "--reason", "security_incident"),
        )
        shown: dict[str, Any] = await operator.shows(joined.code)
        assert shown["run"] is None, shown
        signed_in = (await sign_in(joined.access, joined.secret)).status_code
        assert signed_in == (200 if shown["state"] == "active" else 401)
