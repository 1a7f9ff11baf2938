"""What a process reads from its environment (prefix `NRM_`). A missing or malformed setting stops it with the name."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NRM_", extra="ignore", frozen=True)

    database_url: str = Field(description="The service's database as its runtime role")
    owner_database_url: str | None = Field(default=None, description="The same as owner; only `migrate` uses it")
    kafka: str = Field(description="host:port of the listener with OAUTHBEARER")
    issuer: str = Field(description="The Keycloak realm, as it stands in tokens")
    audience: str = "nrm-api"
    client_id: str
    client_secret: SecretStr
    port: int = Field(default=8000, ge=1, le=65535)
    services: dict[str, str] = Field(default_factory=dict, description="Base address of each other service")
    instance: str | None = Field(
        default=None, description="A name of this process that it keeps when started anew; it then resumes at once"
    )
    probe_port: int | None = Field(
        default=None, description="Where a process that answers no requests tells its health and metrics"
    )
    trace_file: str | None = None
    trace_ratio: float = Field(default=0.1, ge=0, le=1)
    tick_seconds: float = Field(default=5.0, gt=0)
    max_body_bytes: int = Field(default=256 * 1024, gt=0)
