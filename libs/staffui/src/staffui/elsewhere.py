"""Pages of the other services, by the kind of object that they show, for the roles that open them there.

A task or a clock names an object; whoever has no role in its service gets no link that leads nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where an object of a kind is shown: the service, the address of the page, the right that opens it."""

    service: str
    path: str
    action: str
    roles: frozenset[str]


_STAFF = frozenset(
    {
        "reporter",
        "caseworker",
        "assessor",
        "shelter-manager",
        "shelter-worker",
        "reintegration-worker",
        "migration-officer",
        "motion-officer",
        "return-officer",
    }
)
_FUND = frozenset({"fund-requester", "fund-approver", "fund-releaser", "fund-accountant"})
_HOUSE = frozenset({"shelter-manager", "shelter-worker", "reintegration-worker"})
_DESK = frozenset({"assessor", "caseworker", "reporter"})
CASE = Place("identification", "/cases/{id}", "see_case", _STAFF | {"fund-requester"})
SEARCH = Place("identification", "/search", "list_cases", CASE.roles)
INBOX = Place("notify", "/inbox", "read_inbox", _STAFF | _FUND)
PLACES: Mapping[str, Place] = {
    "stay": Place("shelter", "/stays/{id}", "see_stays", _DESK | _HOUSE),
    "handover": Place("shelter", "/handovers/{id}", "see_handovers", _DESK | _HOUSE),
    "claim": Place("fund", "/claims/{id}", "see_claims", _FUND | {"caseworker"}),
    "permit": Place(
        "repatriation", "/permits/{id}", "see_permits", frozenset({"caseworker", "migration-officer", "motion-officer"})
    ),
    "bar": Place("repatriation", "/bars/{id}", "see_bars", _STAFF),
    "return": Place("repatriation", "/returns/{id}", "see_returns", frozenset({"caseworker", "return-officer"})),
}
"""Other objects, such as a recognition, are shown on the page of their case."""

BEGINNINGS: Mapping[str, Place] = {
    "request_place": Place("shelter", "/stays/new?case_id={id}", "request_place", _DESK | {"shelter-manager"}),
    "hand_over": Place("shelter", "/handovers/new?case_id={id}", "hand_over", _DESK | {"shelter-manager"}),
}
"""Forms of other services in which work for a case begins, with the reference of the case."""


def address(services: Mapping[str, str], roles: frozenset[str], place: Place, id_: str = "") -> str | None:
    """The page of the object for these roles. None where they do not open it, or its service has no pages."""
    at = services.get(place.service)
    return at + place.path.format(id=id_) if at and roles & place.roles else None


def page_of(services: Mapping[str, str], roles: frozenset[str], subject: str, case_id: str) -> str | None:
    """The page of `stay/0190…`, or of its case; None where the roles open neither."""
    kind, _, id_ = subject.partition("/")
    of_object = address(services, roles, PLACES[kind], id_) if kind in PLACES else None
    return of_object or address(services, roles, CASE, case_id)
