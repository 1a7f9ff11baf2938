"""What every command has: strict fields, a version by its name on the wire, and the actor's own values."""

from datetime import UTC, datetime
from typing import Any

import pytest
from casework.commands import Change, Command, Decision
from pydantic import ValidationError


class Extend(Change):
    until: str
    reason: str | None = None


class Decline(Decision):
    reason: str


def test_the_version_has_its_name_of_the_wire_and_is_needed_where_it_is_a_decision() -> None:
    assert Decline.model_validate({"version": 3, "reason": "full"}).expected_version == 3
    assert Extend.model_validate({"until": "x"}).expected_version is None
    assert "version" in Decline.model_json_schema()["required"]
    assert "version" not in Extend.model_json_schema()["required"]
    with pytest.raises(ValidationError):
        Decline.model_validate({"reason": "full"})


@pytest.mark.parametrize(
    "body",
    [
        {"version": 0},
        {"version": 2**31},
        {"version": "first"},
        {"version": 1, "more": 1},
        {"version": 1, "happened_at": "2024-03-04T10:00:00"},
        {"version": 1, "happened_at": "1066-10-14T10:00:00Z"},
    ],
    ids=str,
)
def test_what_a_command_does_not_know_or_allow_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Decision.model_validate(body)


def test_a_command_never_changes() -> None:
    command = Command(happened_at=datetime(2024, 3, 4, tzinfo=UTC))
    with pytest.raises(ValidationError):
        command.happened_at = None  # type: ignore[misc]  # what is tried


def test_a_command_names_the_fields_that_the_actor_entered() -> None:
    made = Extend(expected_version=3, until="2024-04-01", happened_at=datetime(2024, 3, 4, tzinfo=UTC))
    assert made.entered() == ["until"]
