"""The stand-in of the platform, and the command line that plays into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from player.figures import OWNERS, read_published
from player.stack import DEMO

from .stand_in import World, standing_in


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A platform whose figures are the published ones."""
    monkeypatch.setenv("NRM_STATE", str(tmp_path))
    figures = dict.fromkeys(OWNERS, 0) | read_published(DEMO / "published-figures.yaml", 2024)
    world = World(figures)
    with standing_in(world, tmp_path):
        yield world
