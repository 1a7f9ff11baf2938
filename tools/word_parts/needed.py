"""Every key that the code of today can need words for, with the place that needs them."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard, get_args

import yaml
from casework.rules import RuleAnswer, in_force
from chassis.machine import Machine
from identification.domain import screening
from pydantic_core import _pydantic_core

from word_parts import declared
from word_parts.api import Apis
from word_parts.source import Source

TOP = Path(__file__).parents[2]
SERVICES = ("identification", "shelter", "fund", "repatriation", "notify", "exchange")
OPENAPI = TOP / "tests" / "contract" / "openapi"
REALM = TOP / "infra" / "keycloak" / "realm.yaml"
AGREEMENTS = TOP / "services" / "exchange" / "src" / "exchange" / "agreements"
TASKS = TOP / "services" / "notify" / "src" / "notify" / "tasks.yaml"

HTTP = ("no_such_address", "method_not_allowed", "identification_unavailable", "exchange_unavailable", "refused")
"""Codes that chassis puts together or takes from a framework."""
AGREEMENT = ("no_agreement", "not_agreed", "unknown")
"""Codes that the exchange answers an agency's system by the bus."""
MACHINE_FIELDS = ("state", "status")
FREE_OF_CODES = ("language", "citizenship", "country")
"""Their words are of ISO and come with Babel."""
AGENCY_FIELDS = ("agency", "holder", "recipient", "operator", "payer", "asked_by", "authority")
HISTORIES = {
    "stay": "shelter.views.stays:PART_OF",
    "hand_over": "shelter.views.handovers:PART_OF",
    "conflict": "shelter.views.conflicts:PART_OF",
    "claim": "fund.views.claims:HISTORY",
    "case": "identification.rights:PART_OF",
    "permit": "repatriation.views.permits:PART_OF",
    "bar": "repatriation.views.bars:PART_OF",
    "return": "repatriation.views.returns:PART_OF",
    "clock": "notify.views.clocks:CLOCK_ACTS",
    "notification": "notify.views.messages:MESSAGE_ACTS",
}
"""Object → the acts that its history shows."""
PARTS = ("extension", "reflection_period")
"""Machines whose acts are acts on the object that they are a part of."""
OTHER_ACTS = {
    "stay": ("request_place",),
    "hand_over": ("hand_over",),
    "closure": ("close_bed", "end", "move_return"),
    "conflict": ("name_conflict",),
    "care": ("record_course", "record_assistance"),
    "claim": ("create_claim", "decide_appeal", "settle_re_examination", "approve_on_appeal", "reject_on_appeal"),
    "entry": ("receive_income", "reverse_entry"),
    "case": ("receive_report", "search_same_person", "answer_same_person_task", "read_identity"),
    "bar": ("raise", "print_certificate", "verify_certificate"),
    "permit": ("open", "cancel", "surrender", "confirm", "end_proceedings"),
    "return": ("request", "did_not_depart"),
    "calendar": ("enter_decree",),
    "inbox": ("read_item",),
    "agency_tasks": ("read_item",),
    "operations": ("replay_parked", "discard_parked"),
    "agency": ("agree",),
}
"""Acts that begin something, or that no machine has."""
OTHER_DEEDS = {
    "same_person_task": ("answer_same_person_task",),
    "closure": ("close_bed", "end_closure", "move_return"),
    "care": ("record_course", "record_assistance"),
    "entry": ("receive_income", "reverse_entry"),
    "operations": ("discard_parked",),
    "agency": ("join", "agree", "suspend", "resume", "remove", "rejoin"),
}
LISTS = {
    "reason": (
        *("fund.domain.claims:INFORMATION_REASONS", "fund.domain.claims:REJECTION_REASONS"),
        *("fund.domain.claims:FAILURE_REASONS", "fund.domain.claims:RETURN_REASONS"),
        *("fund.domain.claims:CANCELLATION_REASONS", "fund.domain.claims:STANDING_REASONS"),
        *("repatriation.domain.bars:LIFTING_REASONS", "repatriation.domain.bars:OWN_LIFTING_REASONS"),
        *("repatriation.domain.permits:OBJECTION_REASONS", "shelter.domain.stays:RECOGNITION_REASONS"),
    ),
    "source": ("fund.domain.ledger:INCOME_SOURCES",),
    "account": ("fund.domain.ledger:ACCOUNTS",),
    "kind": ("fund.domain.ledger:CLAIM_KINDS", "fund.domain.ledger:ENTRY_KINDS"),
    "use": ("fund.domain.ledger:CLAIM_KINDS",),
    "payer": ("repatriation.domain.returns:PAYERS",),
    "handover_to": ("repatriation.domain.returns:OUTSIDE_BODIES",),
    "basis": ("repatriation.domain.bars:BASES",),
    "body": ("repatriation.domain.permits:CONSULTED_BODIES",),
    "citizenship": ("repatriation.domain.permits:CITIZENSHIPS",),
    "forms": ("identification.domain.htcds:FORMS",),
    "exploitation": ("identification.domain.htcds:FORMS",),
}
"""Field of an answer that its schema leaves open → the lists of its codes."""
NOT_SHOWN = ("notify.rights.Part", "fund.use_cases.papers.Use")
STANDARD = TOP / "services" / "identification" / "src" / "identification" / "htcds_v2.json"
INDICATORS = STANDARD.with_name("indicators.yaml")
FAULTS = (
    *("missing", "extra_forbidden", "literal_error", "value_error", "model_attributes_type", "dict_type"),
    *("string_type", "string_too_short", "string_too_long", "string_pattern_mismatch"),
    *("bool_type", "bool_parsing", "int_type", "int_parsing", "int_from_float", "float_type", "float_parsing"),
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    *("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    *("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"),
    *("uuid_type", "uuid_parsing", "list_type", "tuple_type", "set_type", "too_short", "too_long"),
)
"""pydantic's types of faults that a form can meet."""


class Needed:
    """key → where it is used. `either` has keys of which one is enough; `codes` need a word of any field."""

    def __init__(self) -> None:
        self.source = Source(TOP)
        self.apis = Apis(OPENAPI)
        rights = (importlib.import_module(f"{service}.app").SERVICE.every_right for service in SERVICES)
        self.actions = {action for table in rights for action in table}
        """What an audit may name beside acts: reads, and what was refused."""
        self.keys: dict[str, str] = {}
        self.either: dict[tuple[str, ...], str] = {}
        self.machines = dict(_machines())
        self.tasks: Mapping[str, Mapping[str, str]] = yaml.safe_load(TASKS.read_text(encoding="utf-8"))
        for key, where in self._fixed():
            self.keys.setdefault(key, where)
        for keys, where in self._alternatives():
            self.either.setdefault(keys, where)
        lists = ((code, name) for code, name in self.source.lists() if name.startswith(SERVICES))
        self.codes = {code: name for code, name in lists if name not in NOT_SHOWN}

    def _fixed(self) -> Iterator[tuple[str, str]]:
        yield from ((f"field.{name}", where) for name, where in self.apis.fields.items())
        yield from self._of_machines()
        yield from self._of_acts()
        yield from self._of_refusals()
        yield from ((f"fault.{name}", "pydantic") for name in FAULTS)
        yield from _of_standard()
        yield from _of_screening()
        shown = {key.rpartition(".")[2] for key, _ in self._of_acts() if key.startswith("did.")}
        yield from ((f"did.other.{name}", where) for name, where in self.source.audited() if name not in shown)
        yield from _of_agencies()
        yield from ((f"service.{name}", "services") for name in SERVICES)
        yield from ((f"field.{name}", "agreements") for name in _agreed())
        yield from ((f"rule.{name}", where) for name, _, where in _rules())
        yield from ((f"task.{name}", "notify tasks") for name in self.tasks)
        yield from ((f"clock.{code}", name) for code, name in self.source.lists() if name.endswith(".ClockName"))
        yield from (
            (f"purpose.{code}", name) for code, name in self.source.lists() if name.endswith("purposes.Purpose")
        )
        yield from ((f"data_class.{code}", name) for code, name in self.source.lists() if name.endswith(".DataClass"))

    def _of_machines(self) -> Iterator[tuple[str, str]]:
        for slug, machine in self.machines.items():
            yield from ((f"state.{slug}.{state}", f"machine {machine.name}") for state in machine.states)

    def _of_acts(self) -> Iterator[tuple[str, str]]:
        rights = {service: importlib.import_module(f"{service}.rights").RIGHTS for service in SERVICES}
        for slug, machine in self.machines.items():
            if slug in PARTS:
                continue
            service = _service_of(machine)
            for action in machine.actions:
                if {action, f"{action}_{slug}"} & rights[service].keys():
                    yield f"act.{slug}.{action}", f"machine {machine.name}"
        beside = importlib.import_module("identification.domain.actions").BESIDE
        yield from ((f"act.case.{action}", "actions of a case") for action in beside)
        yield from ((f"act.{slug}.{action}", "acts") for slug, acts in OTHER_ACTS.items() for action in acts)
        yield from ((f"did.{slug}.{action}", "acts") for slug, acts in OTHER_DEEDS.items() for action in acts)
        for slug, place in HISTORIES.items():
            module, _, name = place.partition(":")
            yield from ((f"did.{slug}.{action}", place) for action in getattr(importlib.import_module(module), name))

    def _of_refusals(self) -> Iterator[tuple[str, str]]:
        yield from ((f"refusal.{code}", module) for code, module in self.source.refusals())
        yield from ((f"refusal.{code}", "chassis") for code in HTTP)
        yield from ((f"refusal.{code}", "exchange") for code in AGREEMENT)
        yield "reason.state_is", "machines"
        reasons = (pair for pair in self.source.reasons() if pair[0] != "not_possible_in_state")
        yield from ((f"reason.{code}", module) for code, module in reasons)

    def _alternatives(self) -> Iterator[tuple[tuple[str, ...], str]]:
        states = {state for machine in self.machines.values() for state in machine.states}
        for (field, code), where in self.apis.codes.items():
            if field in FREE_OF_CODES or (field in MACHINE_FIELDS and code in states):
                continue
            yield (f"code.{field}.{code}", f"code.{code}", *_shared(field, code)), f"{where} {field}"
        for column, code, module in self.source.checks():
            if column not in MACHINE_FIELDS:
                yield (f"code.{column}.{code}", f"code.{code}", *_shared(column, code)), f"{module} {column}"
        yield from (((f"fault.{code}", f"refusal.{code}"), module) for code, module in self.source.faults())
        for code, module in self.source.message_reasons():
            yield (f"code.reason.{code}", f"code.{code}"), module
        for service in SERVICES:
            yield from ((keys, f"pages of {service}") for keys in declared.keys(service, self.machines))
        for name, answer, where in _rules():
            for one in answer.values:
                codes = (one.of, one.value)
                yield from ((_of_rule(code), f"{where} {name}") for code in codes if _is_code(code))
        for field, places in LISTS.items():
            for place in places:
                yield from (((f"code.{field}.{code}", f"code.{code}"), place) for code in _listed(place))


def _rules() -> Iterator[tuple[str, RuleAnswer, str]]:
    """Each rule of each service as it is on the first day of each of its rows."""
    for service in SERVICES:
        for name, rows in importlib.import_module(f"{service}.parameters").PARAMETERS:
            for row in rows:
                yield from ((name, answer, f"rules of {service}") for answer in in_force(name, rows, row.valid_from))


def _agreed() -> set[str]:
    """The fields of events that the agreements of the start name."""
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(AGREEMENTS.glob("*.yaml")))
    return {name for agreement in files for line in agreement["tells"] for name in line["fields"]}


def _is_code(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and re.fullmatch("[a-z][a-z_-]+", value) is not None


def _of_rule(code: str) -> tuple[str, ...]:
    kinds = ("clock", "code.rule", "code", "agency", "role", "reason")
    return tuple(f"{kind}.{code}" for kind in kinds)


def _listed(place: str) -> Iterator[str]:
    module, _, name = place.partition(":")
    yield from getattr(importlib.import_module(module), name)


def _shared(field: str, code: str) -> Iterator[str]:
    """Keys that stand for a code's own: a purpose's, a class's of data, a kind's of agencies, an agency's."""
    yield from (f"{kind}.{code}" for kind in ("purpose", "data_class") if kind == field)
    if field == "services":
        yield f"code.service.{code}"
    if field in AGENCY_FIELDS:
        yield f"agency.{code}"


def _machines() -> Iterator[tuple[str, Machine]]:
    """Each machine by the word for it in keys: its name with underscores."""
    for service in SERVICES:
        package = importlib.import_module(f"{service}.domain")
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{service}.domain.{found.name}")
            for value in vars(module).values():
                if isinstance(value, Machine):
                    yield value.name.replace("-", "_").replace(" ", "_"), value


def _service_of(machine: Machine) -> str:
    for service in SERVICES:
        package = importlib.import_module(f"{service}.domain")
        for found in pkgutil.iter_modules(package.__path__):
            if machine in vars(importlib.import_module(f"{service}.domain.{found.name}")).values():
                return service
    raise LookupError(machine.name)


def _of_agencies() -> Iterator[tuple[str, str]]:
    realm = yaml.safe_load(REALM.read_text(encoding="utf-8"))
    agencies = importlib.import_module("nrm_events.taking_part").AGENCIES
    for code in dict.fromkeys([*agencies, *(code for codes in realm["people"].values() for code in codes), *SERVICES]):
        yield f"agency.{code}", "agencies that take part"
        yield f"agency.{code}.short", "agencies that take part"
    yield from ((f"role.{role}", "realm") for role in (*realm["people"], "agency-system", "service"))


def _of_standard() -> Iterator[tuple[str, str]]:
    """Fields and codes of the standard, with our extensions of its own lists; the indicators of every set."""
    standard = json.loads(STANDARD.read_text(encoding="utf-8"))
    for field in standard["fields"]:
        name, values = field["name"], field.get("values", [])
        yield f"htcds.{name}", "the standard"
        more = standard["extensions"].get(name, []) if values else []
        yield from ((f"htcds.{name}.{code}", "the standard") for code in (*values, *more))
    for one in yaml.safe_load(INDICATORS.read_text(encoding="utf-8")):
        yield from ((f"indicator.{one['set']}.{sign['code']}", "indicators.yaml") for sign in one["indicators"])
        yield f"code.indicator_set.{one['set']}", "indicators.yaml"


def _of_screening() -> Iterator[tuple[str, str]]:
    """Reasons of an advice, which are put together; the means alone can be not needed (ID-2)."""
    for element in screening.ELEMENTS:
        yield f"code.{element}_contradicted_by_indicators", "screening"
        for state in get_args(screening.CellState):
            if state != "not_needed" or element == "means":
                yield f"code.{element}_{state}", "screening"


def variables_of(fault: str) -> set[str]:
    """The names that pydantic gives with a fault of this type, e.g. `min_length`."""
    for row in _pydantic_core.list_all_errors():
        if row["type"] == fault:
            return set(row.get("example_context") or {})
    return set()
