"""From every state of a bar, a permit and a return an end is reachable by acts of people; no clock is needed (RP-1)."""

import pytest
from chassis.machine import Machine
from repatriation.domain.bars import BAR
from repatriation.domain.permits import PERMIT
from repatriation.domain.returns import RETURN
from repatriation.rights import RIGHTS, SAME_RIGHT

MACHINES = {"bar": BAR, "permit": PERMIT, "return": RETURN}
OF_CLOCKS = {"lapse", "expire"}
OUTCOMES = {"suspend": "clear_return", "refuse_for_risk": "assess_risk_return"}
"""What an act of a person may turn out to be: clearance finds a gate missing, an assessment forbids the return."""
ENDS = {
    "bar": {"lifted"},
    "permit": {"expired", "cancelled", "surrendered", "reapplied", "withdrawn"},
    "return": {"withdrawn", "refused_risk", "closed"},
}
STATES = [(thing, state) for thing, machine in MACHINES.items() for state in machine.states]


def right_of(thing: str, action: str) -> str:
    name = OUTCOMES.get(action, f"{action}_{thing}")
    return SAME_RIGHT.get(name, name)


def reachable(machine: Machine, state: str) -> set[str]:
    """The states that people's acts lead to from this one."""
    found, left = {state}, [state]
    while left:
        now = left.pop()
        after = {machine.transitions[now, act] for act in machine.possible_in(now) if act not in OF_CLOCKS}
        left += after - found
        found |= after
    return found


@pytest.mark.parametrize(("thing", "state"), STATES)
def test_every_state_has_a_way_out(thing: str, state: str) -> None:
    """RP-1, RP-4, RP-5, RP-6: an end is reachable from it, and no state is left by a clock alone."""
    assert reachable(MACHINES[thing], state) & ENDS[thing]


@pytest.mark.parametrize("thing", MACHINES)
def test_every_act_of_people_is_somebodys(thing: str) -> None:
    """RP-1, RP-4, RP-5: a step that no role may do would be no way out."""
    for action in MACHINES[thing].actions:
        if action not in OF_CLOCKS:
            assert RIGHTS[right_of(thing, action)], action


@pytest.mark.parametrize("thing", MACHINES)
def test_what_ended_moves_no_more(thing: str) -> None:
    """RP-1: but for an extension that was decided in time and is entered after the expiry."""
    for state in ENDS[thing]:
        assert MACHINES[thing].possible_in(state) == (["extend"] if state == "expired" else [])
