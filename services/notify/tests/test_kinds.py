"""The tables of clocks and routes, held against the contracts (NO-3, NO-4)."""

import pytest
from notify.domain.kinds import CLOCK_EVENTS, KINDS, Kind
from notify.domain.routes import HOLDER, PERSON, ROUTES, TASKS, Route
from notify.wording import templates
from nrm_events import exchange, fund, identification, notify, repatriation, shelter
from nrm_events.base import Event

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (identification, shelter, fund, repatriation, notify, exchange)
}


def model(name: str) -> type[Event]:
    service, _, event = name.partition(".")
    found = getattr(MODULES[service], event)
    assert isinstance(found, type)
    assert issubclass(found, Event)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_event_and_field_of_a_clock_exists(kind: Kind) -> None:
    """NO-3: a start or a move carries the due date; each carries the id of the object and the agency that must act."""
    for event, due in {**kind.starts, **kind.moves}.items():
        assert {due, kind.object} <= set(model(event).model_fields)
    for event in (*kind.closes, *kind.drops):
        assert kind.object in model(event).model_fields
        assert kind.object_before is None or kind.object_before in model(event).model_fields
    assert kind.duty.of is None or any(kind.duty.of in model(event).model_fields for event in kind.starts)
    for event in kind.starts:
        assert kind.unless is None or kind.unless in model(event).model_fields


def test_every_event_that_carries_a_due_date_starts_or_moves_a_clock() -> None:
    """NO-3: nothing with an end runs without a clock, except what only repeats an end."""
    ends = {"due_at", "ends_at", "valid_until", "until", "lapses_at", "apply_by", "acknowledge_by"}
    repeats = {"identification.VictimReferred"} | {"repatriation.PermitExpiring", "repatriation.RemovalBarLifted"}
    repeats |= {"repatriation.RemovalBarNoticed"}
    carrying = {
        f"{service}.{name}"
        for service, module in MODULES.items()
        if service != "notify"
        for name, thing in vars(module).items()
        if isinstance(thing, type) and issubclass(thing, Event) and not thing.__subclasses__()
        if ends & set(thing.model_fields)
    }
    assert carrying - repeats <= CLOCK_EVENTS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.event}->{route.to}")
def test_every_route_names_an_event_a_recipient_and_a_template(route: Route) -> None:
    """NO-4."""
    assert route.to in (PERSON, HOLDER) or route.to in model(route.event).model_fields
    assert route.template in templates()
    assert route.task in TASKS


def test_one_notification_per_event_template_and_recipient_in_the_table_itself() -> None:
    """NO-4."""
    keys = [(route.event, route.template, route.to) for route in ROUTES]
    assert len(keys) == len(set(keys))


def test_a_person_gets_few_messages() -> None:
    """NO-1: decided things only; no referral, no hand-over, no refusal comes by message."""
    assert {route.event for route in ROUTES if route.to == PERSON} == {
        "identification.VictimIdentified",
        "fund.PaymentMade",
        "repatriation.PermitGranted",
    }
