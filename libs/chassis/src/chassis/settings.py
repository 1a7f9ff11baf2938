"""What a process reads from its environment (prefix `NRM_`). A missing or malformed setting stops it with the name."""

import re
import ssl
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    FilePath,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

_SERVER = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")


class WrongSetting(Exception):
    """A setting that stops a process before it starts; each of `lines` names it and what is the matter."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines

    @classmethod
    def of(cls, setting: str, error: ValidationError) -> "WrongSetting":
        """A line for each fault, with the place inside a setting and without its value."""
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        named = ((".".join([setting, *(str(part) for part in fault["loc"])]), fault["msg"]) for fault in faults)
        return cls([f"{name}: {text.removeprefix('Value error, ')}" for name, text in named])


def _servers(value: str) -> str:
    for server in value.split(","):
        found = _SERVER.fullmatch(server.strip())
        if not found or not 0 < int(found["port"]) < 65_536:
            raise ValueError("must be host:port, several separated by commas")
    return value


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("must be an IP address") from None


def trust(authority: Path | None) -> ssl.SSLContext:
    """Trust this authority alone, or those of the system."""
    return ssl.create_default_context(cafile=authority)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NRM_", extra="ignore", frozen=True)

    database_url: str = Field(description="The service's database as its runtime role")
    owner_database_url: str | None = Field(default=None, description="The same as owner; only `migrate` uses it")
    kafka: Annotated[str, AfterValidator(_servers)] = Field(
        description="host:port of the listeners with OAUTHBEARER, separated by commas"
    )
    kafka_security: Literal["SASL_PLAINTEXT", "SASL_SSL"] = "SASL_PLAINTEXT"
    kafka_ca: FilePath | None = Field(
        default=None, description="Authority of the brokers' certificates (PEM); without it, those of the system"
    )
    issuer: str = Field(description="The Keycloak realm, as it stands in tokens")
    audience: str = "nrm-api"
    clients: frozenset[str] = Field(
        description="Clients through which people and services sign in; agencies' own systems need no entry"
    )
    client_id: str
    client_secret: SecretStr
    listen: Annotated[str, AfterValidator(_address)] = Field(
        default="127.0.0.1", description="Address on which requests and probes are answered; 0.0.0.0 is every one"
    )
    port: int = Field(default=8000, ge=1, le=65535)
    services: dict[str, str] = Field(default_factory=dict, description="Base address of each other service")
    audit_witness: str | None = Field(
        default=None, description="The service of `services` that remembers the heads of this one's audit"
    )
    instance: str | None = Field(
        default=None, description="A name of this process that it keeps when started anew; it then resumes at once"
    )
    operators_listen: Annotated[str, AfterValidator(_address)] = Field(
        default="127.0.0.1", description="Address on which health and metrics are answered, for operators alone"
    )
    operators_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of health and metrics; without it, there are no metrics"
    )
    trusted_proxies: Annotated[list[IPvAnyNetwork], Field(max_length=100)] = Field(
        default=[], description="Networks (JSON list) whose X-Forwarded-For and traceparent are believed"
    )
    limit_person: int = Field(default=600, gt=0, description="Requests a minute of one person or agency's system")
    limit_readings: int = Field(default=30, gt=0, description="Searches for a person and readings of identity a minute")
    limit_service: int = Field(default=6_000, gt=0, description="Requests a minute of one service")
    limit_sign_ins: int = Field(default=300, gt=0, description="New tokens a minute from one address")
    head_seconds: float = Field(default=10.0, gt=0, description="Time for the head of a request")
    body_seconds: float = Field(default=20.0, gt=0, description="Time for the body of a request")
    pages: SecretStr | None = Field(
        default=None, description="JSON: the staff pages, as staffui.settings has them; without it there are none"
    )
    trace_file: str | None = None
    trace_ratio: float = Field(default=0.1, ge=0, le=1)
    tick_seconds: float = Field(default=5.0, gt=0)
    max_body_bytes: int = Field(default=256 * 1024, gt=0)

    @field_validator("kafka_ca")
    @classmethod
    def _is_an_authority(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value and info.data.get("kafka_security") == "SASL_PLAINTEXT":
            raise ValueError("needs NRM_KAFKA_SECURITY=SASL_SSL")
        try:
            trust(value)
        except (ssl.SSLError, OSError):
            raise ValueError("must hold certificates in PEM") from None
        return value
