"""Routes whose answer holds the parts that the actor's basis gives."""

from typing import Any

from chassis.rights import right


def in_parts(action: str) -> dict[str, Any]:
    """Marks a route like `right`; a field that the basis does not give is absent from its answer, not null."""
    return {**right(action), "response_model_exclude_unset": True}
