"""The services run beside the stack for the stories in here, and for no other test."""

import signal
from collections.abc import Iterator

import pytest
from nrm_events import SERVICES

from . import platform


@pytest.fixture(scope="session", autouse=True)
def services_run() -> Iterator[None]:
    platform.start()
    yield
    for part in ("agency-connector", *SERVICES):
        platform.kill(part, signal.SIGTERM)
