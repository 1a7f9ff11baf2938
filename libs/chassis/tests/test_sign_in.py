"""Tokens are checked against the realm's cached, rotating keys; everything else is 401."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from chassis.errors import DomainError
from chassis.testing import ServiceUnderTest, person_token
from chassis.tokens import TokenSource, TokenVerifier, Unauthenticated
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from .givens import CASEWORKER
from .small_realm import Realm, serving

FOREIGN = RSAKey.generate_key(2048, {"kid": "foreign"}, private=True)


@pytest.fixture
def realm() -> Iterator[Realm]:
    made = Realm()
    with serving(made):
        yield made


@pytest.fixture
def verifier(board: ServiceUnderTest, realm: Realm) -> TokenVerifier:
    return TokenVerifier(board.settings.model_copy(update={"issuer": realm.issuer}))


async def _refusal(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        await verifier.verify(token)
    return refused.value.code


async def test_a_token_of_the_realm_says_who_and_in_which_roles(verifier: TokenVerifier, realm: Realm) -> None:
    actor = await verifier.verify(realm.token())
    assert (actor.sub, actor.agency, actor.roles, actor.client) == (
        "a-person",
        "ngo-amc",
        frozenset({"caseworker"}),
        "demo-player",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"exp": None}, "token_invalid"),
        ({"nbf": 4_000_000_000}, "token_invalid"),
        ({"iss": "http://localhost/realms/other"}, "token_invalid"),
        ({"iss": None}, "token_invalid"),
        ({"aud": ["kafka"]}, "token_invalid"),
        ({"aud": None}, "token_invalid"),
        ({"sub": None}, "token_invalid"),
        ({"agency": None}, "token_invalid"),
        ({"roles": "caseworker"}, "token_invalid"),
    ],
)
async def test_a_wrong_claim_is_refused(
    verifier: TokenVerifier, realm: Realm, change: dict[str, Any], code: str
) -> None:
    assert await _refusal(verifier, realm.token(**change)) == code


def _b64(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _unsigned(realm: Realm) -> str:
    return f"{_b64({'alg': 'none', 'typ': 'JWT'})}.{realm.token().split('.')[1]}."


def _tampered(realm: Realm) -> str:
    head, body, signature = realm.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"roles": ["auditor"]}
    return f"{head}.{_b64(claims)}.{signature}"


def _signed_with_the_public_key(realm: Realm) -> str:
    """The old trick: the public key taken for a shared secret."""
    signed = f"{_b64({'alg': 'HS256', 'kid': realm.key.kid})}.{realm.token().split('.')[1]}"
    signature = hmac.digest(realm.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _of_another_key(realm: Realm) -> str:
    realm_key, realm.key = realm.key, FOREIGN
    try:
        return realm.token()
    finally:
        realm.key = realm_key


def _of_another_key_under_our_name(realm: Realm) -> str:
    claims = json.loads(base64.urlsafe_b64decode(realm.token().split(".")[1] + "=="))
    return jwt.encode({"alg": "RS256", "kid": realm.key.kid}, claims, FOREIGN)


FORGERIES: dict[str, Callable[[Realm], str]] = {
    "unsigned": _unsigned,
    "tampered": _tampered,
    "signed with the public key": _signed_with_the_public_key,
    "another key": _of_another_key,
    "another key under our name": _of_another_key_under_our_name,
    "no token": lambda _: "Rumplestiltskin",
    "two parts": lambda realm: realm.token().rpartition(".")[0],
    "letters of another world": lambda _: "əşğ.ıöü.ç",
    "a header of a wrong type": lambda realm: f"{_b64({'alg': 'RS256', 'kid': 'first', 'crit': 1})}.{_b64({})}.AAAA",
    "claims that are a list": lambda realm: f"{_b64({'alg': 'RS256', 'kid': 'first'})}.{_b64([1])}.AAAA",
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_refused(verifier: TokenVerifier, realm: Realm, forgery: str) -> None:
    assert await _refusal(verifier, FORGERIES[forgery](realm)) == "token_invalid"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the verifier's clock jump; tests do not sleep."""
    real, ahead = time.monotonic, [0.0]
    monkeypatch.setattr("chassis.tokens.time", SimpleNamespace(monotonic=lambda: real() + ahead[0]))

    def jump(seconds: float) -> None:
        ahead[0] += seconds

    return jump


async def test_a_rotated_key_is_learnt_from_its_first_token(
    verifier: TokenVerifier, realm: Realm, later: Callable[[float], None]
) -> None:
    old = realm.token()
    await verifier.verify(old)
    realm.rotate()
    later(11)
    assert (await verifier.verify(realm.token())).sub == "a-person"
    assert realm.requests == 2
    assert await _refusal(verifier, old) == "token_invalid", "the old key is gone from the realm"


@pytest.mark.parametrize(
    "claims",
    [
        {"azp": "made-by-a-stranger"},
        {"azp": None},
        {"azp": "agency-ngo-amc", "agency": "mia-special", "roles": ["assessor"]},
        {"azp": "agency-ngo-amc", "agency": "ngo-amc", "roles": ["caseworker"]},
        {"azp": "agency-ngo-amc", "agency": "ngo-amc", "roles": ["agency-system", "service"]},
        {"azp": "agency-ngo-amc", "agency": "ngo-acu", "roles": ["agency-system"]},
        {"azp": "agency-identification", "agency": "identification", "roles": ["service"]},
    ],
)
async def test_a_client_speaks_for_nobody_but_those_it_is_known_for(
    verifier: TokenVerifier, realm: Realm, claims: dict[str, Any]
) -> None:
    """Who joins agencies can give a client of theirs any claims."""
    assert await _refusal(verifier, realm.token(**claims)) == "token_invalid"
    own = {"azp": "agency-ngo-amc", "agency": "ngo-amc", "roles": ["agency-system"]}
    assert (await verifier.verify(realm.token(**own))).agency == "ngo-amc"


async def test_a_token_that_was_good_is_refused_when_its_time_is_over(
    verifier: TokenVerifier, realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, real = realm.token(), time.time
    assert (await verifier.verify(token)).sub == "a-person"
    monkeypatch.setattr(time, "time", lambda: real() + 70)
    assert await _refusal(verifier, token) == "token_expired"


async def test_a_flood_of_forgeries_asks_the_realm_no_more_than_every_ten_seconds(
    verifier: TokenVerifier, realm: Realm, later: Callable[[float], None]
) -> None:
    forged = _of_another_key(realm)
    await asyncio.gather(*(_refusal(verifier, forged) for _ in range(20)))
    assert realm.requests == 1
    later(11)
    await asyncio.gather(*(_refusal(verifier, forged) for _ in range(20)))
    assert realm.requests == 2


async def test_with_the_realm_away_the_keys_already_known_go_on_working(
    board: ServiceUnderTest, later: Callable[[float], None]
) -> None:
    realm = Realm()
    verifier = TokenVerifier(board.settings.model_copy(update={"issuer": realm.issuer}))
    token = realm.token()
    with serving(realm):
        await verifier.verify(token)
    later(700)
    assert (await verifier.verify(token)).sub == "a-person"
    assert await verifier.is_ready()


@pytest.mark.parametrize("answer", [b"Rumplestiltskin", b"{}", b'{"keys": 1}', b'{"keys": [{"kty": "odd"}]}'])
async def test_a_realm_that_never_gave_its_keys_is_unavailable_and_nobody_is_refused(
    board: ServiceUnderTest, answer: bytes
) -> None:
    realm = Realm()
    realm.answer = answer
    verifier = TokenVerifier(board.settings.model_copy(update={"issuer": realm.issuer}))
    with serving(realm), pytest.raises(DomainError) as strange:
        await verifier.verify(realm.token())
    with pytest.raises(DomainError) as away:
        await verifier.verify(realm.token())
    assert {(fault.value.code, fault.value.status) for fault in (strange, away)} == {("sign_in_unavailable", 503)}


@pytest.fixture
async def source(board: ServiceUnderTest) -> AsyncIterator[TokenSource]:
    made = TokenSource(board.settings)
    yield made
    await made.close()


async def test_the_services_own_token_is_kept_and_renewed_early(
    board: ServiceUnderTest, source: TokenSource, later: Callable[[float], None]
) -> None:
    first = await source.token()
    assert await source.token() == first
    actor = await TokenVerifier(board.settings).verify(first)
    assert (actor.agency, actor.client, "service" in actor.roles) == ("notify", "notify", True)
    later(100_000)
    assert await source.token() != first


async def test_over_http_without_a_valid_token_nothing_is_answered(board: ServiceUnderTest, realm: Realm) -> None:
    """401 with the scheme that is wanted, whatever the path holds; a good token of the real realm passes."""
    good = person_token(CASEWORKER)
    for header, code in (
        ({}, "token_missing"),
        ({"Authorization": "Basic YTpi"}, "token_missing"),
        ({"Authorization": "Bearer"}, "token_missing"),
        ({"Authorization": f"Bearer {good}x"}, "token_invalid"),
        ({"Authorization": f"Bearer {realm.token()}"}, "token_invalid"),
    ):
        for path in ("/api/notices", "/api/notices/019a0000-0000-7000-8000-000000000000", "/api/notices/x"):
            refused = await board.http.get(path, headers=header)
            assert (refused.status_code, refused.json()["code"]) == (401, code)
            assert refused.headers["www-authenticate"] == "Bearer"
    assert (await board.http.get("/api/notices", headers={"Authorization": f"bearer {good}"})).status_code == 200


async def test_a_wrong_secret_of_the_service_gets_no_token(board: ServiceUnderTest) -> None:
    wrong = TokenSource(board.settings.model_copy(update={"client_secret": SecretStr("wrong")}))
    with pytest.raises(Exception, match="401"):
        await wrong.token()
    await wrong.close()
