"""What went on the wire is never rewritten: shapes that shipped and golden messages are as first committed."""

import pytest

from .history import TOP, lines, with_history


def _first_committed(folder: str) -> dict[str, str]:
    """Path → digest of the content it came with."""
    added = lines("log", "--diff-filter=A", "--no-renames", "--raw", "--no-abbrev", "--format=", "--", folder)
    return {line.split("\t")[1]: line.split()[3] for line in added}  # the log begins with the newest: the oldest stays


@with_history
@pytest.mark.parametrize("folder", ["libs/events/shipped", "tests/contract/corpus"])
def test_nothing_that_shipped_was_changed_or_taken_away(folder: str) -> None:
    first = _first_committed(folder)
    held = [path for path in first if (TOP / path).is_file()]
    now = dict(zip(held, lines("hash-object", "--", *held), strict=True))
    assert {path: now.get(path) for path in first} == first
