"""Signing in as oneself, by the device flow, so that the audit names the operator."""

import asyncio
import contextlib
import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NotRequired

from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError
from pydantic import BaseModel, TypeAdapter, ValidationError
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


class Session(BaseModel):
    """What is stored of a sign-in on this machine."""

    issuer: str
    access_token: str
    refresh_token: str
    until: float


class SignInNeeded(Exception):
    """Nobody is signed in here, or the session has ended."""


class SignInAway(Exception):
    """Keycloak does not answer."""


def _session_file() -> Path:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "himaya"
    return folder / "session.json"


@contextlib.contextmanager
def _client(connection: Connection) -> Iterator[KeycloakOpenID]:
    """Keycloak. SignInAway: it does not answer, or fails."""
    server, realm = keycloak(connection)
    away = f"Keycloak does not answer at {server}: see that it runs, then run the same command again"
    try:
        yield KeycloakOpenID(server_url=server, realm_name=realm, client_id=CLIENT, timeout=15)
    except KeycloakConnectionError:
        raise SignInAway(away) from None
    except KeycloakError as error:
        if (error.response_code or 0) >= 500:
            raise SignInAway(away) from None
        raise


def begin(connection: Connection) -> Device:
    """Request a code to be confirmed in a browser. SignInNeeded: Keycloak offers none here."""
    try:
        with _client(connection) as client:
            return TypeAdapter(Device).validate_python(client.device())
    except (KeycloakError, ValidationError):
        raise SignInNeeded(f"nobody can sign in at {connection.issuer}: is HIMAYA_ISSUER the realm?") from None


async def finish(connection: Connection, device: Device) -> str:
    """Wait until the code was confirmed, keep the session, and give the user's name. SignInNeeded: it was not."""
    end = time.monotonic() + device["expires_in"]
    while time.monotonic() < end:
        await asyncio.sleep(device.get("interval", 5))
        with _client(connection) as client:
            try:
                token = client.token(grant_type=_DEVICE, device_code=device["device_code"])
            except KeycloakError as error:
                if isinstance(error, KeycloakConnectionError) or _code(error) in ("authorization_pending", "slow_down"):
                    continue
                raise SignInNeeded("the code was refused: himaya login") from None
            with _locked():
                _store(connection, token)
            return str(client.decode_token(token["access_token"], validate=False).get("preferred_username", ""))
    raise SignInNeeded("the code was not confirmed in time: himaya login")


def _code(error: KeycloakError) -> str:
    try:
        return str(json.loads(error.response_body or b"{}").get("error"))
    except ValueError:
        return ""


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """One process or thread at a time reads, refreshes and writes the session: a refresh token is good once."""
    folder = _session_file().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SignInNeeded(f"the sign-in cannot be stored in {folder}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _store(connection: Connection, token: Mapping[str, object]) -> Session:
    """For this user of the machine alone; the file is replaced whole, so that no reader finds half of it."""
    until = time.time() + float(str(token["expires_in"]))
    fresh = {"issuer": connection.issuer, "until": until}
    session = Session.model_validate(fresh | {name: token[name] for name in ("access_token", "refresh_token")})
    path = _session_file()
    number, part = tempfile.mkstemp(dir=path.parent, prefix="session.")  # mode 0600
    with os.fdopen(number, "w") as file:
        file.write(session.model_dump_json())
    Path(part).replace(path)
    return session


def forget() -> None:
    _session_file().unlink(missing_ok=True)


def token(connection: Connection) -> str:
    """The token of the environment, else of the stored session, refreshed.

    Raises:
        SignInNeeded: There is none any more.
        SignInAway: It needs a new one, and Keycloak does not answer.
    """
    if connection.token:
        return connection.token.get_secret_value()
    session = _stored(connection)
    if not _is_over(session):
        return session.access_token
    with _locked():
        session = _stored(connection)  # another may have refreshed it meanwhile
        if _is_over(session):
            session = _refreshed(connection, session)
        return session.access_token


def _is_over(session: Session) -> bool:
    return time.time() >= session.until - _MARGIN


def _stored(connection: Connection) -> Session:
    try:
        session = Session.model_validate_json(_session_file().read_bytes())
    except (OSError, ValidationError):
        raise SignInNeeded("nobody is signed in: himaya login") from None
    if session.issuer != connection.issuer:
        raise SignInNeeded("the session is of another platform: himaya login")
    return session


def _refreshed(connection: Connection, session: Session) -> Session:
    try:
        with _client(connection) as client:
            return _store(connection, client.refresh_token(session.refresh_token))
    except KeycloakError:
        raise SignInNeeded("the session has ended: himaya login") from None
