"""What the routes of a case share."""

from typing import Any

from chassis.rights import right


def act(action: str) -> dict[str, Any]:
    """A route that answers with a case: a field that the basis does not give is absent, not null."""
    return {**right(action), "response_model_exclude_unset": True}
