import base64
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests
from agency_access import clients
from agency_access.access import access_of
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakError
from local_stack import bus, realm
from local_stack.keycloak_server import REALM, base, issuer
from local_stack.names import SERVICES
from local_stack.realm_declared import declaration, people
from local_stack.state import State, secret


def claims(state: State, **form: str) -> dict[str, Any]:
    answer = requests.post(f"{issuer(state)}/protocol/openid-connect/token", data=form, timeout=30)
    assert answer.status_code == 200, answer.text
    payload = answer.json()["access_token"].split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def as_person(state: State, username: str) -> dict[str, Any]:
    password = secret(state, "people", username)
    return claims(state, grant_type="password", client_id="demo-player", username=username, password=password)


def as_client(state: State, client: str) -> dict[str, Any]:
    key = secret(state, "clients", client)
    return claims(state, grant_type="client_credentials", client_id=client, client_secret=key)


def test_applying_the_realm_again_changes_nobody(stack: State) -> None:
    before = as_person(stack, "fund.fund-releaser"), as_client(stack, "shelter")
    realm.apply(stack)
    realm.apply(stack)
    after = as_person(stack, "fund.fund-releaser"), as_client(stack, "shelter")
    for name in ("sub", "azp", "agency", "roles", "aud"):
        assert [one[name] for one in after] == [one[name] for one in before]


def test_a_person_has_an_agency_and_a_role_and_may_not_use_the_bus(stack: State) -> None:
    person = as_person(stack, "ngo-amc.caseworker")
    assert person["iss"] == issuer(stack)
    assert person["agency"] == "ngo-amc"
    assert "caseworker" in person["roles"]
    assert "nrm-api" in person["aud"]
    assert "kafka" not in person["aud"]
    assert "service" not in person["roles"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_call_the_others_and_use_the_bus(stack: State, service: str) -> None:
    account = as_client(stack, service)
    assert account["azp"] == account["agency"] == service
    assert "service" in account["roles"]
    assert {"nrm-api", "kafka"} <= set(account["aud"])


def test_an_agencys_system_is_no_service_and_its_token_lives_a_minute(stack: State) -> None:
    account = as_client(stack, "agency-sms")
    assert account["agency"] == "sms"
    assert {"nrm-api", "kafka"} <= set(account["aud"])
    assert set(account["roles"]) - {"default-roles-nrm"} == {"agency-system"}  # the default role holds nothing
    assert account["exp"] - account["iat"] <= 60


def test_an_agencys_client_that_was_disabled_stays_so_when_the_realm_is_applied(
    stack: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = bus.declared()
    monkeypatch.setattr(bus, "declared", lambda: {**declared, "agencies": [*declared["agencies"], "shut-out"]})
    admin = _provisioning(stack)
    access = access_of("shut-out")
    clients.ensure(admin, access, enabled=True)
    assert clients.disable(admin, access)
    realm.apply(stack)
    assert clients.faults(admin, access) == (False, [])


def test_who_joins_agencies_opens_no_api(stack: State) -> None:
    account = as_client(stack, "provisioning")
    assert "nrm-api" not in account["aud"]
    assert "service" not in account["roles"]


def test_a_service_cannot_sign_people_in(stack: State) -> None:
    form = {
        "grant_type": "password",
        "client_id": "shelter",
        "client_secret": secret(stack, "clients", "shelter"),
        "username": "ngo-amc.caseworker",
        "password": secret(stack, "people", "ngo-amc.caseworker"),
    }
    answer = requests.post(f"{issuer(stack)}/protocol/openid-connect/token", data=form, timeout=30)
    assert answer.json()["error"] == "unauthorized_client"


def test_requester_approver_and_releaser_are_different_people() -> None:
    names = [person.username for person in people()]
    assert len(set(names)) == len(names)
    assert {"fund.fund-requester", "fund.fund-approver", "fund.fund-releaser"} <= set(names)


def _provisioning(stack: State) -> KeycloakAdmin:
    key = secret(stack, "clients", "provisioning")
    return KeycloakAdmin(server_url=base(stack), realm_name=REALM, client_id="provisioning", client_secret_key=key)


def test_who_joins_agencies_sees_and_changes_agencies_clients_alone(stack: State) -> None:
    """With its secret stolen nobody reads a service's secret, signs in as a person or loosens the realm."""
    everything, admin = realm._admin(stack), _provisioning(stack)
    everything.change_current_realm(REALM)
    assert clients.all_codes(admin)
    assert {client["clientId"] for client in admin.get_clients()} == {
        client["clientId"] for client in everything.get_clients() if client["clientId"].startswith("agency-")
    }
    person = str(everything.get_user_id("fund.fund-releaser"))
    attempts: list[Callable[[], object]] = [
        admin.get_users,
        lambda: admin.create_user({"username": "stranger", "enabled": True}),
        lambda: admin.set_user_password(person, "correct horse battery", temporary=False),
        lambda: admin.create_realm_role({"name": "stranger"}),
        lambda: admin.update_realm(REALM, {"realm": REALM, "accessTokenLifespan": 86_400}),
        admin.get_realm_roles,
    ]
    others = [client for client in everything.get_clients() if not client["clientId"].startswith("agency-")]
    for client in others:
        own = str(client["id"])
        attempts += [
            partial(admin.get_client, own),
            partial(admin.get_client_secrets, own),
            partial(admin.generate_client_secrets, own),
            partial(admin.update_client, own, {"clientId": client["clientId"], "enabled": False}),
            partial(admin.delete_client, own),
        ]
    for attempt in attempts:
        with pytest.raises(KeycloakError) as refused:
            attempt()
        assert refused.value.response_code == 403
    assert len(others) > len(SERVICES)


@pytest.mark.parametrize("name", [REALM, "master"])
def test_sign_in_is_guarded_in_both_realms(stack: State, name: str) -> None:
    admin = realm._admin(stack)
    there, guard = admin.get_realm(name), declaration()["guard"]
    stored = {key: there[key] for key in guard if key not in ("attributes", "enabledEventTypes")}
    assert stored == {key: guard[key] for key in stored}
    assert set(there["enabledEventTypes"]) == set(guard["enabledEventTypes"])
    assert there["attributes"]["adminEventsExpiration"] == guard["attributes"]["adminEventsExpiration"]


def test_a_weak_password_is_refused_and_an_administrators_act_is_recorded(stack: State) -> None:
    admin = realm._admin(stack)
    admin.change_current_realm(REALM)
    person = str(admin.get_user_id("sms.reporter"))
    for weak in ("short-one", "sms.reporter", "sms.reporter@demo.invalid"):
        with pytest.raises(KeycloakError, match="Password"):
            admin.set_user_password(person, weak, temporary=False)
    admin.update_user(person, {**admin.get_user(person), "lastName": "sms"})
    acts = admin.connection.raw_get(f"admin/realms/{REALM}/admin-events", resourcePath=f"users/{person}").json()
    assert acts[0]["operationType"] == "UPDATE"
    assert acts[0]["authDetails"]["userId"]


def test_a_stranger_who_guesses_shuts_nobody_out_for_long(stack: State) -> None:
    """Twenty wrong guesses, and more while it is locked: within a minute its owner signs in."""
    name, token = "unions.reporter", f"{issuer(stack)}/protocol/openid-connect/token"
    form = {"grant_type": "password", "client_id": "demo-player", "username": name}
    for _ in range(20):
        answer = requests.post(token, data={**form, "password": "a wrong guess"}, timeout=30)
        assert answer.json()["error"] == "invalid_grant"
    right = {**form, "password": secret(stack, "people", name)}
    assert requests.post(token, data=right, timeout=30).status_code != 200, "guesses are not slowed down"
    deadline = time.monotonic() + 75
    while requests.post(token, data=right, timeout=30).status_code != 200:
        assert time.monotonic() < deadline
        requests.post(token, data={**form, "password": "a wrong guess"}, timeout=30)
        time.sleep(3)
