"""Signing in as the agency's own client. Its tokens live a minute: whoever is cut off is out within that."""

import asyncio
import logging
import time
from pathlib import Path
from typing import NoReturn

import httpx

from agency_connector.settings import Settings

log = logging.getLogger(__name__)


class WrongSecret(httpx.HTTPError):
    """The sign-in is refused: the secret is wrong, or the platform has cut the agency off."""


class SignIn:
    """One token for HTTP and for the bus, fetched anew when two thirds of its life are over."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, trouble: Path) -> None:
        """`trouble`: the file in which a refusal is noted for staff and operators, until a sign-in succeeds."""
        self._trouble = trouble
        self._http = http
        self._address = f"{settings.issuer}/protocol/openid-connect/token"
        self._client = (settings.client_id, settings.client_secret)
        self._token = ""
        self._renew_at = float("-inf")
        self._lock = asyncio.Lock()  # HTTP and bus need it at the same time

    async def token(self) -> str:
        """httpx.HTTPError while the platform is away; WrongSecret where it refuses the sign-in."""
        async with self._lock:
            if time.monotonic() >= self._renew_at:
                began = time.monotonic()
                answer = await self._http.post(
                    self._address, data={"grant_type": "client_credentials"}, auth=self._client
                )
                if answer.status_code in (400, 401, 403):
                    self._refused()
                answer.raise_for_status()
                self._trouble.unlink(missing_ok=True)
                issued = answer.json()
                self._token = str(issued["access_token"])
                self._renew_at = began + float(issued["expires_in"]) * 2 / 3
            return self._token

    def _refused(self) -> NoReturn:
        sentence = f"{self._client[0]} may not sign in: AGENCY_CLIENT_SECRET is wrong, or the agency is suspended"
        log.error("%s", sentence)
        self._trouble.write_text(sentence + "\n", encoding="utf-8")
        raise WrongSecret(sentence)
