"""Signing in as the agency's own client. Its tokens live a minute: whoever is cut off is out within that."""

import asyncio
import time

import httpx

from agency_connector.settings import Settings


class SignIn:
    """One token for HTTP and for the bus, fetched anew when two thirds of its life are over."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        self._http = http
        self._address = f"{settings.issuer}/protocol/openid-connect/token"
        self._client = (settings.client_id, settings.client_secret)
        self._token = ""
        self._renew_at = float("-inf")
        self._lock = asyncio.Lock()  # HTTP and bus need it at the same time

    async def token(self) -> str:
        """httpx.HTTPError while the platform is away, or has cut the agency off."""
        async with self._lock:
            if time.monotonic() >= self._renew_at:
                began = time.monotonic()
                answer = await self._http.post(
                    self._address, data={"grant_type": "client_credentials"}, auth=self._client
                )
                answer.raise_for_status()
                issued = answer.json()
                self._token = str(issued["access_token"])
                self._renew_at = began + float(issued["expires_in"]) * 2 / 3
            return self._token
