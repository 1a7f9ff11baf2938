"""What was committed when, for tests about what shipped."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
with_history = pytest.mark.skipif(not (TOP / ".git").exists(), reason="a copy without its history")


def git(*arguments: str) -> bytes:
    command = ["git", "-c", "safe.directory=*", *arguments]  # whoever owns the checkout
    return subprocess.run(command, cwd=TOP, capture_output=True, timeout=60, check=True).stdout


def lines(*arguments: str) -> list[str]:
    return git(*arguments).decode().splitlines()
