"""Tokens: incoming ones are checked against cached, rotating keys; the service's own is fetched and cached."""

import asyncio
import time
from typing import Annotated

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from nrm_events.taking_part import AGENCY_CLIENT, AGENCY_ROLE
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chassis.actor import Actor
from chassis.errors import DomainError
from chassis.settings import Settings

_KEYS_LIVE = 600.0  # seconds; an unknown key id fetches them again at once, but at most every ten seconds
_FETCH_AGAIN = 10.0
_PATIENCE = 10.0  # seconds for the realm: one that has just started is slow, and without its keys nobody is let in
_NO_TOKEN = (JoseError, ValueError, TypeError)  # TypeError: a header such as `crit` of another type than it must have
_REMEMBERED = 1_000  # tokens whose signature is not checked again; their times are, at every request
_EARLY = 15.0  # seconds before its end at which the own token is renewed, or a fifth of its life


class Unauthenticated(DomainError):
    """No token, or one that is expired, foreign, unsigned or of another audience (401)."""

    status = 401

    def __init__(self, code: str = "token_invalid") -> None:
        super().__init__(code, "Sign in and send a valid bearer token.")


# What stands in the audit and in rights tables: bounded, visible, without the letters that only mislead.
_Name = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]


class _Claims(BaseModel):
    """The claims that name the actor, as the realm writes them."""

    model_config = ConfigDict(strict=True)

    sub: _Name
    agency: _Name
    roles: Annotated[list[_Name], Field(max_length=100)]
    azp: _Name | None = None


class _Issued(BaseModel):
    """The realm's answer to a request for a token."""

    access_token: str
    expires_in: float


class TokenVerifier:
    """Checks signature, issuer, audience and times. With Keycloak away, the keys already known go on working.

    A signature is checked once for as long as the keys are cached: at most ten minutes.
    """

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.issuer
        self._clients = settings.clients
        self._address = f"{settings.issuer}/protocol/openid-connect/certs"
        self._keys: KeySet | None = None
        self._fetched = float("-inf")
        self._signed: dict[str, tuple[dict[str, object], Actor]] = {}  # by token, while its keys live
        self._lock = asyncio.Lock()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> Actor:
        """Who the token speaks for; Unauthenticated `token_invalid` or `token_expired` otherwise."""
        if known := await self._known(token):
            claims, actor = known
            self._check_times(claims)
            return actor
        claims = (await self.decoded(token)).claims
        self._check_times(claims)
        actor = self._actor_of(claims)
        if len(self._signed) == _REMEMBERED:
            self._signed.clear()
        self._signed[token] = claims, actor
        return actor

    async def _known(self, token: str) -> tuple[dict[str, object], Actor] | None:
        await self._keys_now(_KEYS_LIVE)
        return self._signed.get(token)

    async def decoded(self, token: str) -> jwt.Token:
        """Signed by the realm, whatever its claims are; Unauthenticated otherwise."""
        try:
            return self._decode(token, await self._keys_now(_KEYS_LIVE))
        except _NO_TOKEN:
            return self._decode_or_refuse(token, await self._keys_now(_FETCH_AGAIN))

    def _check_times(self, claims: dict[str, object]) -> None:
        """Issuer and audience as well, which take nothing beside it."""
        try:
            self._claims.validate(claims)
        except JoseError as fault:
            raise Unauthenticated("token_expired" if fault.error == "expired_token" else "token_invalid") from None

    def _actor_of(self, claims: dict[str, object]) -> Actor:
        try:
            named = _Claims.model_validate(claims)
        except ValidationError:
            raise Unauthenticated() from None
        if not self._is_known(named):
            raise Unauthenticated()
        return Actor(sub=named.sub, agency=named.agency, roles=frozenset(named.roles), client=named.azp or "")

    def _is_known(self, claims: _Claims) -> bool:
        """Whether the token's client may speak for this agency in these roles.

        Who joins agencies can make clients with any claims. An agency's client speaks for its own agency alone, and any
        other for nobody, unless the settings name it.
        """
        client = claims.azp or ""
        agency = client.removeprefix(AGENCY_CLIENT)
        if agency != client:
            return claims.agency == agency and claims.roles == [AGENCY_ROLE]
        return client in self._clients

    def remembers(self, token: str) -> bool:
        """Whether its signature was checked before."""
        return token in self._signed

    async def is_ready(self) -> bool:
        return bool((await self._keys_now(_KEYS_LIVE)).keys)

    @staticmethod
    def _decode(token: str, keys: KeySet) -> jwt.Token:
        return jwt.decode(token, keys, algorithms=["RS256", "ES256"])

    def _decode_or_refuse(self, token: str, keys: KeySet) -> jwt.Token:
        try:
            return self._decode(token, keys)
        except _NO_TOKEN:
            raise Unauthenticated() from None

    async def _keys_now(self, at_most: float) -> KeySet:
        """The realm's keys, fetched again when older than `at_most` seconds."""
        if self._keys and time.monotonic() - self._fetched < at_most:
            return self._keys
        async with self._lock:
            if self._keys and time.monotonic() - self._fetched < at_most:
                return self._keys
            try:
                async with httpx.AsyncClient(timeout=_PATIENCE) as client:
                    answer = (await client.get(self._address)).raise_for_status()
                self._keys = KeySet.import_key_set(answer.json())
                self._signed.clear()
            except (httpx.HTTPError, JoseError, KeyError, TypeError, ValueError):
                if self._keys is None:
                    raise DomainError(
                        "sign_in_unavailable", "Tokens cannot be checked now. Try again.", status=503
                    ) from None
            self._fetched = time.monotonic()
            return self._keys


class TokenSource:
    """The service's own token by client credentials, renewed before it ends."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"{settings.issuer}/protocol/openid-connect/token"
        self._form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
        }
        self._http = httpx.AsyncClient(timeout=_PATIENCE)
        self._token = ""
        self._renew_at = float("-inf")
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that is valid for a while; httpx.HTTPError where Keycloak is unavailable or refuses."""
        async with self._lock:
            if time.monotonic() >= self._renew_at:
                answer = (await self._http.post(self._address, data=self._form)).raise_for_status()
                issued = self._read(answer)
                self._token = issued.access_token
                self._renew_at = time.monotonic() + issued.expires_in - min(_EARLY, issued.expires_in / 5)
            return self._token

    @staticmethod
    def _read(answer: httpx.Response) -> _Issued:
        try:
            return _Issued.model_validate_json(answer.content)
        except ValidationError:
            raise httpx.DecodingError("no token in the answer", request=answer.request) from None

    async def close(self) -> None:
        """Close the connection to Keycloak."""
        await self._http.aclose()
