"""Where the platform is: from `HIMAYA_*` in the environment, else from what `make up` wrote into `.local`."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class NotFoundHere(Exception):
    """Nothing says where the platform is; the message says what to do."""


class Connection(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HIMAYA_", extra="ignore", frozen=True)

    issuer: str = Field(description="The Keycloak realm")
    services: dict[str, str] = Field(description="Base address of each service, as JSON")
    kafka: str = Field(description="host:port of the listener with OAUTHBEARER")
    bus_client: str = "operations"
    bus_secret: SecretStr = Field(description="Secret of that client; it opens the bus for reading")
    provisioning_client: str = "provisioning"
    provisioning_secret: SecretStr | None = Field(
        default=None, description="Secret of that client; it joins agencies and cuts them off (`himaya agency`)"
    )
    token: SecretStr | None = Field(
        default=None, description="An access token, for machines; people use `himaya login`"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before what the checkout's stack wrote down."""
        return env_settings, init_settings


def keycloak(connection: Connection) -> tuple[str, str]:
    """Keycloak's own address, and the realm's name."""
    server, _, realm = connection.issuer.rpartition("/realms/")
    return server, realm


def find() -> Connection:
    """NotFoundHere: a setting is missing and no stack was started in this checkout."""
    try:
        return Connection(**_of_the_checkout())
    except ValidationError as error:
        lacking = ", ".join(f"HIMAYA_{str(fault['loc'][0]).upper()}" for fault in error.errors())
        raise NotFoundHere(f"missing or malformed: {lacking}. Set it, or start a platform here: make up") from None


def _of_the_checkout() -> dict[str, Any]:
    folder = Path(os.environ.get("NRM_STATE") or ".local")
    try:
        endpoints = json.loads((folder / "endpoints.json").read_text())
        secrets = json.loads((folder / "secrets.json").read_text())
        return {
            "issuer": endpoints["issuer"],
            "services": endpoints["services"],
            "kafka": endpoints["kafka"]["client"],
            "bus_secret": secrets["clients"]["operations"],
            "provisioning_secret": secrets["clients"].get("provisioning"),
        }
    except (OSError, KeyError, ValueError):
        return {}
