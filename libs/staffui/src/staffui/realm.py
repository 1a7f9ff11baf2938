"""Signing in at the Keycloak realm: authorization code with PKCE (RFC 7636), renewed and ended by its tokens."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Annotated, TypeVar
from urllib.parse import urlencode

import httpx
from chassis.errors import DomainError
from chassis.settings import Settings
from chassis.tokens import TokenVerifier
from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, Field, ValidationError

from staffui.settings import PagesSettings

_PATIENCE = 10.0  # seconds
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
Claims = TypeVar("Claims", bound=BaseModel)
Text = Annotated[str, Field(min_length=1, max_length=512)]


class SignInFailed(DomainError):
    """The sign-in was not finished; the person begins again (401)."""

    status = 401

    def __init__(self) -> None:
        super().__init__("sign_in_failed", "The sign-in was not finished. Begin again.")


class RealmAway(DomainError):
    """Keycloak does not answer (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("sign_in_unavailable", "Signing in is not possible now. Try again.")


class Attempt(BaseModel):
    """A sign-in under way, sealed in a cookie of the browser that began it."""

    state: str
    nonce: str
    verifier: str
    back: str

    @classmethod
    def begin(cls, back: str) -> "Attempt":
        made = [secrets.token_urlsafe(32) for _ in range(3)]
        return cls(state=made[0], nonce=made[1], verifier=made[2], back=back)

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Tokens(BaseModel):
    """The realm's answer to a sign-in or a renewal; times in seconds."""

    access_token: str
    refresh_token: str
    id_token: str
    expires_in: float
    refresh_expires_in: float


class Identity(BaseModel):
    """Who signed in, by the id token: `sid` is the session of the realm."""

    sub: Text
    sid: Text
    preferred_username: Text
    nonce: str | None = None


class _Ended(BaseModel):
    """A logout token (OpenID Connect Back-Channel Logout 1.0)."""

    sid: Text
    events: Mapping[str, Mapping[str, object]]
    nonce: None = None


class Realm:
    """The realm as one client, the staff pages of one service."""

    def __init__(self, settings: Settings, pages: PagesSettings, verifier: TokenVerifier) -> None:
        self._issuer = settings.issuer
        self._at = f"{settings.issuer}/protocol/openid-connect"
        self._pages = pages
        self._verifier = verifier
        self._http = httpx.AsyncClient(timeout=_PATIENCE)
        self.redirect = f"{pages.address}/signed-in"

    def sign_in_address(self, attempt: Attempt, language: str) -> str:
        """Where the browser goes to sign in."""
        query = {
            "client_id": self._pages.client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{self._at}/auth?{urlencode(query)}"

    def sign_out_address(self, id_token: str, back: str) -> str:
        """Where the browser goes to end the realm's session, and with it those of all services."""
        query = {
            "id_token_hint": id_token,
            "client_id": self._pages.client_id,
            "post_logout_redirect_uri": f"{self._pages.address}{back}",
        }
        return f"{self._at}/logout?{urlencode(query)}"

    async def tokens(self, code: str, attempt: Attempt) -> Tokens:
        """The tokens for a code, once; SignInFailed for another code, attempt or redirect."""
        return await self._post(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect,
                "code_verifier": attempt.verifier,
            }
        )

    async def renewed(self, refresh_token: str) -> Tokens:
        """New tokens for as long as the realm's session lives; SignInFailed where it has ended."""
        return await self._post({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def _post(self, form: Mapping[str, str]) -> Tokens:
        own = {"client_id": self._pages.client_id, "client_secret": self._pages.client_secret.get_secret_value()}
        try:
            answer = await self._http.post(f"{self._at}/token", data={**own, **form})
        except httpx.HTTPError:
            raise RealmAway() from None
        if answer.status_code >= 500:
            raise RealmAway()
        try:
            return Tokens.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPStatusError, ValidationError):
            raise SignInFailed() from None

    async def end(self, refresh_token: str) -> None:
        """End the realm's session without the browser; one that has ended already is none the less over."""
        own = {"client_id": self._pages.client_id, "client_secret": self._pages.client_secret.get_secret_value()}
        try:
            await self._http.post(f"{self._at}/logout", data={**own, "refresh_token": refresh_token})
        except httpx.HTTPError:
            raise RealmAway() from None

    async def identity(self, id_token: str, nonce: str | None) -> Identity:
        """Who signed in; SignInFailed for a token of another issuer, client or attempt."""
        found = await self._claims(id_token, Identity)
        if found.nonce != nonce:
            raise SignInFailed()
        return found

    async def ended_session(self, logout_token: str) -> str:
        """The realm's session that has ended; SignInFailed for anything but a logout token of this realm."""
        found = await self._claims(logout_token, _Ended)
        if _LOGOUT_EVENT not in found.events:
            raise SignInFailed()
        return found.sid

    async def _claims(self, token: str, shape: type[Claims]) -> Claims:
        registry = jwt.JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._pages.client_id},
            exp={"essential": True},
        )
        try:
            claims = (await self._verifier.decoded(token)).claims
            registry.validate(claims)
            return shape.model_validate(claims)
        except (JoseError, ValidationError, ValueError):
            raise SignInFailed() from None

    async def close(self) -> None:
        await self._http.aclose()
