"""What infra/platform.yaml says of each service is what the service runs."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.service import Service

from ..conftest import SERVICES

ROWS: dict[str, dict[str, Any]] = yaml.safe_load(Path("infra/platform.yaml").read_text(encoding="utf-8"))["services"]


def parts(service: Service) -> set[str]:
    """`api` and `relay` are every service's; the rest follows from what it is put together of."""
    return {"api", "relay"} | {
        part
        for part, there in (
            ("consume", service.topics),
            ("rebuild", service.projections),
            ("jobs", service.jobs),
            ("tick", service.clocks),
            ("workers", service.workers),
        )
        if there
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_the_parts_that_are_listed(name: str) -> None:
    assert set(ROWS[name]["parts"]) == parts(SERVICES[name])


@pytest.mark.parametrize("name", SERVICES)
def test_an_operator_runs_the_commands_that_are_listed(name: str) -> None:
    assert ROWS[name].get("commands", []) == list(SERVICES[name].commands)


@pytest.mark.parametrize("name", SERVICES)
def test_a_setting_that_is_listed_is_read(name: str) -> None:
    fields = {f"NRM_{field.upper()}" for field in SERVICES[name].settings.model_fields}
    assert set(ROWS[name].get("settings", [])) <= fields


def test_the_default_port_is_the_one_listed() -> None:
    whole = yaml.safe_load(Path("infra/platform.yaml").read_text(encoding="utf-8"))
    ports = {service.settings.model_fields["port"].default for service in SERVICES.values()}
    assert ports == {whole["default_port"]}
