"""Routes whose answer has parts."""

from typing import Any

from chassis.rights import right


def in_parts(action: str) -> dict[str, Any]:
    """A right whose answer has parts: fields that the viewer's basis does not give are absent, not null."""
    return {**right(action), "response_model_exclude_unset": True}
