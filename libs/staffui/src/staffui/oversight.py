"""Pages that every service has: its audit for who oversees it, its part of the bus for operators (X5, X6).

No name, reference or content of an event is on the operators' pages: a case is the beginning of its id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chassis.audit_api import AuditAnswer
from chassis.bus_api import BusAnswer, ParkedCase, ParkedCaseEvents, ParkedEvent

from staffui import formats, words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import About, Facts, List, Many, Object, Pages, Part, shown
from staffui.view import Option

AUDIT = List(
    "/audit",
    "/api/audit",
    AuditAnswer,
    shown(
        AuditAnswer,
        "recorded_at action:word:did outcome:word:outcome role agency:agency case_id:case:audit purpose actor",
    ),
    filters={"case_id": ()},
)
PARKED = List(
    "/operations",
    "/api/bus/parked",
    ParkedCase,
    shown(ParkedCase, "stream event_type error_code attempts events parked_at:since next_attempt_at"),
    opens="/operations/{stream}",
    many=Many("replay_parked", "/api/bus/replay", {"stream": "{id}"}, by="stream"),
    about=About(
        "/api/bus",
        BusAnswer,
        shown(BusAnswer, "outbox_waiting outbox_oldest_seconds relay_leads_since parked_cases parked_events"),
    ),
)


async def first_parked(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The event that failed: the first of its case, and the only one that can be discarded."""
    found = await asked.get("/api/bus/parked/{stream}".format(**ids))
    first = found["items"][0]
    words = (
        f"{formats.number(language, first['number'])} · {words_of.code(language, 'error_code', first['error_code'])}"
    )
    return [Option(str(first["number"]), words, chosen=True)]


PARKED_CASE = Object(
    "/operations/{stream}",
    "/api/bus/parked/{stream}",
    ParkedCaseEvents,
    None,
    back="/operations",
    titled=shown(ParkedCaseEvents, "stream")[0],
    tables={
        "items": Facts("parked_events", shown(ParkedEvent, "number topic error_code attempts parked_at")),
    },
    has_past=False,
    choices={("discard_parked", "first"): first_parked},
    grave=("discard_parked",),
)


def overseen(declared: Pages) -> Pages:
    """The pages of a service with those that every service has."""
    return replace(
        declared,
        lists=(*declared.lists, AUDIT, PARKED),
        objects=(*declared.objects, PARKED_CASE),
        start=(*declared.start, Part("parked", PARKED)),
    )
