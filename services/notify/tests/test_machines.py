"""Every state × action of both machines (NO-2, NO-3, NO-4)."""

from typing import Any

import pytest
from chassis.errors import NotPossible
from chassis.machine import Machine
from notify.domain.machines import CLOCK, CLOCK_OPEN, NOTIFICATION

OVER: dict[str, set[str]] = {"clock": {"met", "met_late", "met_without_identity", "ended"}, "notification": set()}
CASES = [(machine, *row) for machine in (CLOCK, NOTIFICATION) for row in machine.table()]


@pytest.mark.parametrize(("machine", "state", "action", "follows"), CASES, ids=lambda value: str(value)[:24])
def test_every_state_and_action_is_decided(machine: Machine, state: str, action: str, follows: str | None) -> None:
    if follows is None:
        with pytest.raises(NotPossible) as refusal:
            machine.after(state, action)
        assert refusal.value.code == "not_possible_in_state"
        facts: dict[str, Any] = refusal.value.facts
        assert action not in facts["possible"]
    else:
        assert machine.after(state, action) == follows


@pytest.mark.parametrize("machine", [CLOCK, NOTIFICATION], ids=lambda machine: machine.name)
def test_only_finished_states_have_no_way_out(machine: Machine) -> None:
    assert {state for state in machine.states if not machine.possible_in(state)} == OVER[machine.name]


def test_a_breach_never_blocks_what_the_clock_waits_for() -> None:
    """NO-3: after a breach the act is still possible, in time (entered late) or too late."""
    assert {CLOCK.after("breached", action) for action in ("meet", "meet_late", "meet_without_identity", "extend")} == {
        "met",
        "met_late",
        "met_without_identity",
        "running",
    }
    assert set(CLOCK_OPEN) == {state for state in CLOCK.states if CLOCK.possible_in(state)}


def test_nothing_is_sent_that_was_not_marked_as_sending_before() -> None:
    """NO-4: the only way to `sent` is through `sending`, which is stored before the provider is called."""
    assert {state for (state, _), after in NOTIFICATION.transitions.items() if after == "sent"} == {"sending"}
    assert {state for (state, _), after in NOTIFICATION.transitions.items() if after == "sending"} == {"claimed"}
