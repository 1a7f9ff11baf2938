"""Signing in with a code: who is asked, what is refused, and who sets a second factor up."""

import html
import re
import secrets
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
import requests
from keycloak import KeycloakAdmin
from local_stack import codes, realm, second_factor
from local_stack.__main__ import main
from local_stack.keycloak_server import REALM, issuer
from local_stack.names import StackError
from local_stack.realm_clients import pages_address, pages_client
from local_stack.realm_declared import declaration, people
from local_stack.state import State, secret

from .conftest import PASSWORD


class Visitor:
    """Somebody at the realm's pages, on the way to the pages of shelter."""

    def __init__(self, state: State) -> None:
        self._http = requests.Session()
        query = {
            "client_id": pages_client("shelter"),
            "redirect_uri": f"{pages_address(state, 'shelter')}/signed-in",
            "response_type": "code",
            "scope": "openid",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
        self._go("GET", f"{issuer(state)}/protocol/openid-connect/auth?{urlencode(query)}")

    def _go(self, method: str, address: str, typed: dict[str, str] | None = None) -> None:
        """To a page of the realm, or to where it leads back; the own machine is safe enough for its cookies."""
        answer = self._http.request(method, address, data=typed, timeout=30, allow_redirects=False)
        for cookie in self._http.cookies:
            cookie.secure = False
        self.page, self.back = answer.text, answer.headers.get("location", "")
        if self.back and "/signed-in" not in self.back:
            self._go("GET", self.back)

    def fill(self, **typed: str) -> "Visitor":
        action = re.search(r'<form[^>]*action="([^"]+)"', self.page)
        assert action, self.page
        self._go("POST", html.unescape(action[1]), typed)
        return self

    @property
    def asked(self) -> set[str]:
        """The names of the questions on the page."""
        return {"username", "password", "otp", "totp"} & set(re.findall(r'name="([^"]+)"', self.page))

    @property
    def signed_in(self) -> bool:
        return "code" in parse_qs(urlparse(self.back).query)


def with_password(stack: State, username: str) -> Visitor:
    return Visitor(stack).fill(username=username, password=secret(stack, "people", username))


def code_now(stack: State, username: str) -> str:
    return codes.code_of(stack, username)


def test_a_code_is_that_of_the_standard() -> None:
    """The examples of RFC 6238, appendix B, by their last six digits."""
    key = "12345678901234567890"
    assert [codes.code(key, at) for at in (59, 1111111109, 1234567890, 20000000000)] == [
        "287082",
        "081804",
        "005924",
        "353130",
    ]


def test_who_reads_identities_signs_in_with_password_and_code(stack: State) -> None:
    visitor = with_password(stack, "ngo-acu.caseworker")
    assert (visitor.asked, visitor.signed_in) == ({"otp"}, False)
    assert visitor.fill(otp=code_now(stack, "ngo-acu.caseworker")).signed_in


@pytest.mark.parametrize(("person", "late"), [("moh.reporter", None), ("moe.reporter", 600), ("iom.reporter", 86_400)])
def test_without_the_code_of_now_there_is_no_session(stack: State, person: str, late: float | None) -> None:
    key = secret(stack, codes.KIND, person)
    visitor = with_password(stack, person).fill(otp="" if late is None else codes.code(key, time.time() - late))
    assert (visitor.asked, visitor.signed_in) == ({"otp"}, False)


def test_the_code_of_somebody_else_is_a_wrong_one(stack: State) -> None:
    visitor = with_password(stack, "consulates.reporter").fill(otp=code_now(stack, "mlspp.reporter"))
    assert (visitor.asked, visitor.signed_in) == ({"otp"}, False)


@pytest.mark.parametrize("role", sorted(set(declaration()["people"]) - set(declaration()["second_factor"])))
def test_a_role_that_reads_no_identity_is_not_asked(stack: State, role: str) -> None:
    person = next(person.username for person in people() if person.role == role)
    assert with_password(stack, person).signed_in


def test_who_has_no_second_factor_sets_it_up_at_sign_in(stack: State, newcomer: str) -> None:
    visitor = Visitor(stack).fill(username=newcomer, password=PASSWORD)
    assert (visitor.asked, visitor.signed_in) == ({"totp"}, False)
    made = re.search(r'name="totpSecret"[^>]*value="([^"]+)"', visitor.page)
    assert made, visitor.page
    wrong = visitor.fill(totp="000000", totpSecret=made[1], userLabel="phone")
    assert (wrong.asked, wrong.signed_in) == ({"totp"}, False)
    made = re.search(r'name="totpSecret"[^>]*value="([^"]+)"', visitor.page)
    assert made, visitor.page
    assert visitor.fill(totp=codes.code(made[1], time.time()), totpSecret=made[1], userLabel="phone").signed_in
    assert Visitor(stack).fill(username=newcomer, password=PASSWORD).asked == {"otp"}


@pytest.fixture
def realm_of_its_own(state: State, admin: KeycloakAdmin) -> Iterator[str]:
    """With the policy of a platform, and one person: others sign in to the stack's realm meanwhile."""
    name, person = f"once-{secrets.token_hex(4)}", "sms.reporter"
    credentials = [{"type": "password", "value": PASSWORD}, second_factor.seed(state, person)]
    known = {"email": "sms@example.org", "firstName": "SMS", "lastName": "Reporter"}
    somebody = {"username": person, "enabled": True, "credentials": credentials, **known}
    policy = second_factor.policy(state)
    admin.change_current_realm("master")
    admin.create_realm({"realm": name, "enabled": True, "sslRequired": "none", "users": [somebody], **policy})
    yield name
    admin.change_current_realm("master")
    admin.delete_realm(name)


def test_a_code_is_good_once(state: State, stack: State, realm_of_its_own: str) -> None:
    token = f"{issuer(stack).removesuffix(REALM)}{realm_of_its_own}/protocol/openid-connect/token"
    typed = {"username": "sms.reporter", "password": PASSWORD, "totp": code_now(state, "sms.reporter")}
    form = {"client_id": "admin-cli", "grant_type": "password", **typed}
    assert [requests.post(token, data=form, timeout=30).status_code for _ in range(2)] == [200, 400]


def test_only_tests_use_a_code_twice(state: State, stack: State, admin: KeycloakAdmin) -> None:
    assert second_factor.policy(state)["otpPolicyCodeReusable"] is False
    assert second_factor.policy(stack)["otpPolicyCodeReusable"] is True
    assert admin.get_realm(REALM)["otpPolicyCodeReusable"] is True


def test_only_the_player_of_the_demo_signs_people_in_by_password_alone(stack: State, admin: KeycloakAdmin) -> None:
    """Password grants of any other client would need the code as well, and there are none."""
    by_id = {flow["id"]: flow["alias"] for flow in admin.get_authentication_flows()}
    overrides = {one["clientId"]: one.get("authenticationFlowBindingOverrides") for one in admin.get_clients()}
    bound = {name: [by_id[flow] for flow in flows.values()] for name, flows in overrides.items() if flows}
    assert bound == {declaration()["player"]: [second_factor.DIRECT]}
    granting = {one["clientId"] for one in admin.get_clients() if one.get("directAccessGrantsEnabled")}
    assert granting - {"admin-cli"} == {declaration()["player"]}
    form = {"grant_type": "password", "username": "sms.reporter", "password": secret(stack, "people", "sms.reporter")}
    token = f"{issuer(stack)}/protocol/openid-connect/token"
    assert requests.post(token, data={**form, "client_id": "demo-player"}, timeout=30).status_code == 200
    assert requests.post(token, data={**form, "client_id": "admin-cli"}, timeout=30).status_code != 200


def test_applying_the_realm_again_leaves_a_second_factor_alone(stack: State, admin: KeycloakAdmin) -> None:
    person = str(admin.get_user_id("ngo-acu.caseworker"))
    before = [one["id"] for one in admin.get_credentials(person) if one["type"] == "otp"]
    realm.apply(stack)
    assert len(before) == 1
    assert [one["id"] for one in admin.get_credentials(person) if one["type"] == "otp"] == before


def test_the_code_of_somebody_is_printed(
    stack: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NRM_STATE", str(stack.folder))
    monkeypatch.setattr("sys.argv", ["local_stack", "code", "sms.reporter"])
    before = code_now(stack, "sms.reporter")
    main()
    assert capsys.readouterr().out.strip() in {before, code_now(stack, "sms.reporter")}


@pytest.mark.parametrize("nobody", ["sms.nobody", "fund.fund-releaser"])
def test_nobody_without_a_second_factor_has_a_code(stack: State, nobody: str) -> None:
    with pytest.raises(StackError, match=nobody):
        codes.code_of(stack, nobody)
