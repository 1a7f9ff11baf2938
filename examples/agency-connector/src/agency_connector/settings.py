"""The connector's settings, from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class NotSet(Exception):
    """A setting is missing; the message names it."""


@dataclass(frozen=True)
class Settings:
    """Where the platform is, and as whom the agency signs in. All of it comes from the platform's operator."""

    agency: str
    kafka: str
    kafka_ca: str | None
    issuer: str
    client_secret: str
    identification: str

    @property
    def client_id(self) -> str:
        return f"agency-{self.agency}"


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """NotSet when one is missing. `AGENCY_KAFKA_CA`, the broker's certificate authority, is missing on a test stack."""

    def needed(name: str) -> str:
        try:
            return environment[name]
        except KeyError:
            raise NotSet(f"{name} is not set: see README.md") from None

    return Settings(
        agency=needed("AGENCY"),
        kafka=needed("AGENCY_KAFKA"),
        kafka_ca=environment.get("AGENCY_KAFKA_CA"),
        issuer=needed("AGENCY_ISSUER"),
        client_secret=needed("AGENCY_CLIENT_SECRET"),
        identification=needed("AGENCY_IDENTIFICATION"),
    )
