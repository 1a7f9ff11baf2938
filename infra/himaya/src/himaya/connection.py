"""Where the platform is: from `HIMAYA_*` in the environment, else from what `make up` wrote into `.local`."""

import json
import os
import re
import ssl
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


class NotFoundHere(Exception):
    """No setting names the platform; the message lists what to do."""


class Connection(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HIMAYA_", extra="ignore", frozen=True)

    issuer: str = Field(description="The Keycloak realm")
    services: dict[str, str] = Field(description="Base address of each service, as JSON")
    kafka: str = Field(description="host:port of the listeners with OAUTHBEARER, separated by commas")
    kafka_security: Literal["SASL_PLAINTEXT", "SASL_SSL"] = "SASL_PLAINTEXT"
    kafka_ca: FilePath | None = Field(
        default=None, description="Authority of the brokers' certificates (PEM); without it, those of the system"
    )
    bus_client: str = "operations"
    bus_secret: SecretStr = Field(description="Secret of that client; it opens the bus for reading")
    provisioning_client: str = "provisioning"
    provisioning_secret: SecretStr | None = Field(
        default=None, description="Secret of that client; it joins agencies and suspends them (`himaya agency`)"
    )
    token: SecretStr | None = Field(
        default=None, description="An access token, for machines; people use `himaya login`"
    )

    @field_validator("issuer")
    @classmethod
    def _is_a_realm(cls, value: str) -> str:
        server, found, realm = value.rpartition("/realms/")
        if not (found and realm and _is_address(server)):
            raise ValueError("must be an address as https://sign-in.example.az/realms/nrm")
        return value

    @field_validator("services")
    @classmethod
    def _are_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(_is_address(address) for address in value.values()):
            raise ValueError("must be addresses of HTTP by name")
        return value

    @field_validator("kafka")
    @classmethod
    def _are_brokers(cls, value: str) -> str:
        if not all(
            re.fullmatch(r"[^\s:]+:[0-9]{1,5}|\[[0-9A-Fa-f:]+\]:[0-9]{1,5}", one.strip()) for one in value.split(",")
        ):
            raise ValueError("must be host:port, several separated by commas")
        return value

    @field_validator("kafka_ca")
    @classmethod
    def _is_an_authority(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value and info.data.get("kafka_security") == "SASL_PLAINTEXT":
            raise ValueError("needs HIMAYA_KAFKA_SECURITY=SASL_SSL")
        try:
            ssl.create_default_context(cafile=value)
        except (ssl.SSLError, OSError):
            raise ValueError("must hold certificates in PEM") from None
        return value

    @property
    def brokers(self) -> list[str]:
        """Where a client of the bus begins."""
        return [server.strip() for server in self.kafka.split(",")]

    @property
    def trust(self) -> ssl.SSLContext | None:
        """Whose certificates the brokers must show; None on a listener without TLS."""
        if self.kafka_security == "SASL_PLAINTEXT":
            return None
        return ssl.create_default_context(cafile=self.kafka_ca)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False


def keycloak(connection: Connection) -> tuple[str, str]:
    """Keycloak's own address, and the realm's name."""
    server, _, realm = connection.issuer.rpartition("/realms/")
    return server, realm


def find() -> Connection:
    """The environment goes before what the checkout's stack wrote down.

    NotFoundHere: a setting is missing or wrong, and no stack was started in this checkout.
    """
    written = {name: value for name, value in _of_the_checkout().items() if f"HIMAYA_{name.upper()}" not in os.environ}
    try:
        return Connection(**written)  # type: ignore[arg-type]  # checked by pydantic
    except SettingsError as error:  # JSON that is none
        name = next((name for name in Connection.model_fields if f'"{name}"' in str(error)), "services")
        raise NotFoundHere(
            f"missing or malformed: HIMAYA_{name.upper()}. Set it, or start a platform here: make up"
        ) from None
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(f"HIMAYA_{str(fault['loc'][0]).upper()}" for fault in error.errors()))
        raise NotFoundHere(f"missing or malformed: {wrong}. Set it, or start a platform here: make up") from None


def _of_the_checkout() -> dict[str, object]:
    folder = Path(os.environ.get("NRM_STATE") or ".local")
    try:
        endpoints = json.loads((folder / "endpoints.json").read_text())
        secrets = json.loads((folder / "secrets.json").read_text())
        kafka = endpoints["kafka"]
        found = {
            "issuer": endpoints["issuer"],
            "services": endpoints["services"],
            "kafka": kafka["client"],
            "bus_secret": secrets["clients"]["operations"],
            "provisioning_secret": secrets["clients"].get("provisioning"),
        }
        return found | {f"kafka_{name}": kafka[name] for name in ("security", "ca") if kafka.get(name)}
    except (OSError, KeyError, ValueError, TypeError, AttributeError):
        return {}
