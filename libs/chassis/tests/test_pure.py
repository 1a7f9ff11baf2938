"""The parts without a database: times of acts, ids, state machines."""

from datetime import UTC, datetime, timedelta

import pytest
from chassis.clock import effective, new_id
from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine, Possible

NOW = datetime(2024, 3, 4, 10, tzinfo=UTC)


def test_an_act_took_effect_as_said_or_now() -> None:
    hour = timedelta(hours=1)
    assert effective(None, NOW) == NOW
    assert effective(None, NOW, not_before=NOW - hour) == NOW
    assert effective(NOW - hour, NOW, not_before=NOW - hour) == NOW - hour
    assert effective(NOW + timedelta(seconds=4), NOW) == NOW + timedelta(seconds=4), "clocks of two machines differ"
    assert effective(None, NOW, not_before=NOW + timedelta(seconds=4)) == NOW + timedelta(seconds=4)


@pytest.mark.parametrize(
    ("happened_at", "code"),
    [
        (NOW + timedelta(seconds=6), "in_the_future"),
        (NOW - timedelta(hours=2), "before_what_it_follows"),
    ],
)
def test_an_act_is_neither_in_the_future_nor_before_what_it_follows(happened_at: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        effective(happened_at, NOW, not_before=NOW - timedelta(hours=1))
    assert (refusal.value.code, refusal.value.faults[0].where) == (code, "body.happened_at")


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(200)]
    assert sorted(made) == made
    assert {id_.version for id_ in made} == {7}


LAMP = Machine("lamp", "off", {("off", "switch_on"): "on", ("on", "switch_off"): "off", ("on", "break"): "broken"})


def test_every_state_and_action_of_a_machine_either_follows_the_table_or_is_refused() -> None:
    assert LAMP.states == ("off", "on", "broken")
    walked = list(LAMP.table())
    assert len(walked) == 9
    for state, action, after in walked:
        if after:
            assert LAMP.after(state, action) == after
        else:
            with pytest.raises(NotPossible) as refusal:
                LAMP.after(state, action)
            assert refusal.value.code == "not_possible_in_state"
            assert refusal.value.facts["possible"] == LAMP.possible_in(state)


def test_actions_are_listed_with_the_reason_why_not_and_without_those_of_other_roles() -> None:
    assert LAMP.list_actions("on", {"break": "glass_is_holy", "switch_on": "never_said"}) == [
        Possible("switch_on", False, "state_is_on"),
        Possible("switch_off", True),
        Possible("break", False, "glass_is_holy"),
    ]
    assert LAMP.list_actions("broken", may={"break"}) == [Possible("break", False, "state_is_broken")]
