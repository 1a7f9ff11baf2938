"""A formal body whose case is closed reads its own record and acts no more: what counts as a read is one (ID-7)."""

import pytest
from casework.bases import BY_FORMAL_BODY, ENDED, Basis, for_action
from fastapi.routing import APIRoute

from ..conftest import SERVICES

READS_THAT_ARE_SENT = {"read_identity", "read_item"}
"""Sent as POST: the purpose of the look is in the body, or the look itself is recorded."""


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_that_changes_a_case_counts_as_a_read(name: str) -> None:
    routes = [route for router in SERVICES[name].every_router for route in router.routes if isinstance(route, APIRoute)]
    changing = {str((r.openapi_extra or {}).get("x-action")) for r in routes if "POST" in (r.methods or ())}
    ended = Basis("formal_body", ENDED)
    rights = SERVICES[name].every_right
    counted = {
        action
        for action in changing
        if any(isinstance(cell, tuple) and BY_FORMAL_BODY in cell for cell in rights[action].values())
        and for_action(BY_FORMAL_BODY, action).covers(ended)
    }
    assert counted <= READS_THAT_ARE_SENT
