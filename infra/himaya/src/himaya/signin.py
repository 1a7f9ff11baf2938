"""Signing in as oneself, by the device flow, so that the audit names the operator."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired

from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from himaya.connection import Connection, keycloak

CLIENT = "himaya-cli"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_MARGIN = 30  # seconds before its end in which a token is no longer used


class Device(TypedDict):
    """A request for a sign-in that a person confirms in a browser."""

    verification_uri_complete: str
    user_code: str
    device_code: str
    expires_in: float
    interval: NotRequired[float]


class SignInNeeded(Exception):
    """Nobody is signed in here, or the session has ended."""


def _keeper() -> Path:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "himaya"
    return folder / "session.json"


def _keycloak(connection: Connection) -> KeycloakOpenID:
    server, realm = keycloak(connection)
    return KeycloakOpenID(server_url=server, realm_name=realm, client_id=CLIENT, timeout=15)


def begin(connection: Connection) -> Device:
    """Request a code to be confirmed in a browser."""
    return TypeAdapter(Device).validate_python(_keycloak(connection).device())


def finish(connection: Connection, device: Device) -> str:
    """Wait until the code was confirmed, keep the session, and give the user's name. SignInNeeded: it was not."""
    keycloak, end = _keycloak(connection), time.monotonic() + device["expires_in"]
    while time.monotonic() < end:
        time.sleep(device.get("interval", 5))
        try:
            token = keycloak.token(grant_type=_DEVICE, device_code=device["device_code"])
        except KeycloakError as error:
            if _code(error) in ("authorization_pending", "slow_down"):
                continue
            raise SignInNeeded("the code was refused: himaya login") from None
        _keep(connection, token)
        return str(keycloak.decode_token(token["access_token"], validate=False).get("preferred_username", ""))
    raise SignInNeeded("the code was not confirmed in time: himaya login")


def _code(error: KeycloakError) -> str:
    try:
        return str(json.loads(error.response_body or b"{}").get("error"))
    except ValueError:
        return ""


def _keep(connection: Connection, token: Mapping[str, object]) -> None:
    """For this user of the machine alone."""
    path = _keeper()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored = {
        "issuer": connection.issuer,
        "access_token": token["access_token"],
        "refresh_token": token["refresh_token"],
        "until": time.time() + float(str(token["expires_in"])),
    }
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(stored, file)
    part.replace(path)


def forget() -> None:
    _keeper().unlink(missing_ok=True)


def token(connection: Connection) -> str:
    """The token of the environment, else of the stored session, refreshed. SignInNeeded: there is none any more."""
    if connection.token:
        return connection.token.get_secret_value()
    try:
        stored = json.loads(_keeper().read_text())
    except (OSError, ValueError):
        raise SignInNeeded("nobody is signed in: himaya login") from None
    if stored["issuer"] != connection.issuer:
        raise SignInNeeded("the session is of another platform: himaya login")
    if time.time() < stored["until"] - _MARGIN:
        return str(stored["access_token"])
    try:
        fresh = _keycloak(connection).refresh_token(stored["refresh_token"])
    except KeycloakError:
        raise SignInNeeded("the session has ended: himaya login") from None
    _keep(connection, fresh)
    return str(fresh["access_token"])
