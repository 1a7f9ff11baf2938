"""Pages that every service has: its audit for who oversees it, its part of the bus for operators (X5–X7).

No name, reference or content of an event is on the operators' pages: a case is the beginning of its id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chassis.audit_api import AuditAnswer
from chassis.bus_api import BusAnswer, ParkedCase, ParkedCaseEvents, ParkedEvent
from chassis.rights import Rights

from staffui import formats, words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import About, Facts, List, Many, Object, Pages, Part, shown
from staffui.rules import RULES
from staffui.view import Option

_OBJECTS = (
    *("case", "report", "person", "consent", "decision", "recognition", "reflection", "opinion"),
    *("stay", "handover", "closure", "conflict", "assistance", "claim", "entry", "income"),
    *("permit", "bar", "return", "clock", "message", "calendar", "agency", "parked", "projection"),
)
AUDIT = List(
    "/audit",
    "/api/audit",
    AuditAnswer,
    shown(
        AuditAnswer,
        "recorded_at action:word:did outcome:word:outcome role agency:agency case_id:case:audit purpose actor",
    ),
    ordered="recorded_at",
    filters={"case_id": (), "outcome": ("done", "refused"), "kind": ("act", "read", "refusal"), "object": _OBJECTS},
    words={"outcome": "code.audited", "action": "did"},
    boxes={"actor": "text", "since": "from_day", "until": "to_day"},
    days=7,
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


def _audit_of(declared: Pages, rights: Rights) -> List:
    """The audit with the acts and roles of one service. Acts of one name are one choice."""
    machines = [page.machine for page in declared.objects if page.machine]
    named: dict[str, list[str]] = {}
    for action in sorted({*rights, *(action for machine in machines for action in machine.actions)}):
        if key := words_of.deed(action):
            named.setdefault(key, []).append(action)
    roles = sorted({role for cells in rights.values() for role in cells})
    acts = [",".join(actions) for actions in named.values()]
    return replace(AUDIT, filters={**AUDIT.filters, "role": roles, "action": acts})


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


def overseen(declared: Pages, rights: Rights | None = None) -> Pages:
    """The pages of a service with those that every service has. Its audit is narrowed by acts of its `rights`."""
    return replace(
        declared,
        lists=(*declared.lists, _audit_of(declared, rights) if rights else AUDIT, PARKED, RULES),
        objects=(*declared.objects, PARKED_CASE),
        start=(*declared.start, Part("parked", PARKED)),
    )
