"""The tables of clocks and routes (NO-3, NO-4). That every event and field exists, mypy checks."""

from itertools import chain
from uuid import uuid4

import pytest
from notify.adapters.wording import templates
from notify.domain.kinds import CLOCK_EVENTS, KINDS
from notify.domain.routes import HOLDER, PERSON, ROUTES, TASKS, Route
from notify.rights import PARTS, RIGHTS, right_of
from nrm_events import EVENTS, Envelope, fund, identification, repatriation

from .givens import NOW


def test_every_event_that_carries_a_due_date_starts_or_moves_a_clock() -> None:
    """NO-3: nothing with an end runs without a clock, except what only repeats an end."""
    ends = {"due_at", "ends_at", "valid_until", "until", "lapses_at", "apply_by", "acknowledge_by", "appeal_by"}
    repeats = {repatriation.PermitExpiring, repatriation.RemovalBarNoticed}
    moving = {one.event for kind in KINDS for one in (*kind.starts, *kind.moves)}
    carrying = {event for event in EVENTS.values() if event.service != "notify" and ends & set(event.model_fields)}
    by_own_term = {one.event for kind in KINDS if kind.within for one in kind.starts}
    assert carrying - repeats - {repatriation.RemovalBarLifted} == moving - by_own_term
    assert moving <= CLOCK_EVENTS


def test_a_row_counts_for_its_own_class_of_events_alone() -> None:
    """NO-3: no class does two things to one kind of clock."""
    for kind in KINDS:
        events = [one.event for one in kind.steps]
        assert len(events) == len(set(events)), kind.code


def test_every_clock_and_task_is_of_a_part_that_the_rights_table_shows() -> None:
    """ID-12: and every part is of a clock or a task, or it would be law about nothing."""
    used = {kind.part for kind in KINDS} | {route.part for route in ROUTES} | {"child"}
    assert used == set(PARTS)
    assert {right_of(part) for part in PARTS} <= set(RIGHTS)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.event.__name__}->{route.to}")
def test_every_route_names_a_recipient_and_a_template(route: Route) -> None:
    """NO-4."""
    assert route.to in (PERSON, HOLDER, "agency")
    assert route.template in templates()
    assert route.task in TASKS


def test_one_notification_per_event_template_and_recipient_in_the_table_itself() -> None:
    """NO-4."""
    keys = [(route.event, route.template, route.to) for route in ROUTES]
    assert len(keys) == len(set(keys))


def test_a_person_gets_few_messages() -> None:
    """NO-1, ID-9: decided things only; no referral and no hand-over comes by message."""
    assert {route.event for route in ROUTES if route.to == PERSON} == {
        identification.VictimIdentified,
        identification.IdentificationDeclined,
        identification.RecognitionRevoked,
        identification.IdentificationAppealDecided,
        fund.PaymentMade,
        repatriation.PermitGranted,
    }


def test_a_row_reads_no_other_class_of_events() -> None:
    """A row that is called with an event of another class is a mistake of the code, not a silent one."""
    other = identification.RightsExplained.model_construct()  # type: ignore[call-arg]  # its class is what counts
    for route in ROUTES:
        if route.to == "agency":
            with pytest.raises(TypeError):
                route.agencies(other)
    for row in chain.from_iterable(kind.steps for kind in KINDS):
        with pytest.raises(TypeError):
            row.act(Envelope(uuid4(), "", "", "", NOW, 1, uuid4(), other))
