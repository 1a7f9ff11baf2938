"""The running test stack: where its parts are, and what a process of a service would be set to."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from chassis.service import Service
from chassis.settings import Settings

# A test calls as one person what an office does in a day. Tests of the limits set their own.
_NO_LIMITS = dict.fromkeys(("limit_person", "limit_readings", "limit_service", "limit_sign_ins"), 1_000_000)


@dataclass(frozen=True)
class Stack:
    """The running test stack, read from the files it wrote."""

    endpoints: Mapping[str, Any]
    secrets: Mapping[str, Any]

    @classmethod
    def running(cls) -> "Stack":
        state = Path(os.environ.get("NRM_STATE", ".local/test"))
        return cls(
            json.loads((state / "endpoints.json").read_text(encoding="utf-8")),
            json.loads((state / "secrets.json").read_text(encoding="utf-8")),
        )

    @property
    def issuer(self) -> str:
        return str(self.endpoints["issuer"])

    @property
    def bus_admin(self) -> dict[str, str]:
        """The account that may do everything on the bus, as confluent_kafka's clients take it."""
        return dict(self.endpoints["kafka"]["admin"]["librdkafka"])

    @property
    def bus_admin_arguments(self) -> dict[str, str]:
        """The same, as aiokafka's clients take it."""
        return dict(self.endpoints["kafka"]["admin"]["aiokafka"])

    def settings(self, service: Service, database: str, **more: Any) -> Settings:
        """The settings a process of the service would have, on a test's own database."""
        return service.settings(
            database_url=url_of(self.endpoints["postgres"][service.name], database),
            kafka=self.endpoints["kafka"]["client"],
            issuer=self.issuer,
            clients=self.endpoints["clients"],
            client_id=service.name,
            client_secret=self.secrets["clients"][service.name],
            **(_NO_LIMITS | more),
        )


def url_of(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
