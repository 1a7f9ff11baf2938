"""What is wrong in an agreement, and where: what cannot go out cannot be agreed to (ID-7, ID-12).

Each fault lists what there is instead, so that the next try can be right.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from chassis.errors import Fault
from nrm_events.taking_part import AGENCIES, is_police

from exchange.commands import Agree, LineBody
from exchange.domain.agreements import POLICE_GROUNDS, can_have, cell_of
from exchange.domain.shareable import FIELDS, GROUND_OPENS, SHAREABLE, opened


def faults_of(command: Agree, today: date) -> Iterator[Fault]:
    """Each with the path of what is wrong, a code and a sentence."""
    known = AGENCIES.get(command.agency)
    if known and known.kind != command.kind:
        yield Fault("body.kind", "other_kind", f"this agency takes part from the start, as {known.kind}")
    yield from _faults_of_days(command, today)
    yield from _twice("body.may_say", command.may_say)
    if "ReferralTaken" in command.may_say and not is_police(command.kind):
        yield Fault("body.may_say", "never_happens", "a case is handed over to police alone: remove ReferralTaken")
    if any(line.purpose for line in command.tells) and "WithdrawalAcknowledged" not in command.may_say:
        sentence = "a line rests on a consent, so the agency must answer its end: add WithdrawalAcknowledged"
        yield Fault("body.may_say", "cannot_acknowledge", sentence)
    agreed = [(line.event, line.ground, line.purpose, line.field) for line in command.tells]
    for number, line in enumerate(command.tells):
        where = f"body.tells.{number}"
        if agreed[number] in agreed[:number]:
            yield Fault(f"{where}.event", "line_twice", "an earlier line has this event, ground, purpose and field")
        if is_police(command.kind):
            yield from _faults_for_police(line, where)
        elif not can_have(line.ground, command.agency, command.kind):
            sentence = f"{command.agency} never knows of a case on {line.ground}: nothing would go out"
            yield Fault(f"{where}.ground", "not_of_this_agency", sentence)
        if line.event in SHAREABLE:
            yield from _faults_of_fields(line, where)
            yield from _faults_of_ground(line, where)
        else:
            yield Fault(f"{where}.event", "unknown_event", f"can go out: {_listed(_alike(line.event))}")


def _alike(event: str) -> list[str]:
    """The events of the service that the name begins with; all where it names none."""
    service = event.partition(".")[0] + "."
    return [name for name in SHAREABLE if name.startswith(service)] or list(SHAREABLE)


def _twice(where: str, names: Iterable[str]) -> Iterator[Fault]:
    names = list(names)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(where, "named_twice", name)


def _faults_for_police(line: LineBody, where: str) -> Iterator[Fault]:
    """Police learn of a case by the hand-over alone (ID-7): by no consent, whatever else the line names."""
    wrong = "purpose" if line.purpose is not None else "ground" if line.ground not in POLICE_GROUNDS else None
    if wrong:
        grounds = " or ".join(sorted(POLICE_GROUNDS))
        sentence = f"police learn of a case by the hand-over alone (ID-7): name no purpose, and {grounds} as ground"
        yield Fault(f"{where}.{wrong}", "police_by_handover", sentence)


def _faults_of_days(command: Agree, today: date) -> Iterator[Fault]:
    """An edition counts from the moment at which it is agreed to, so one of another day would stop everything."""
    if command.since > today:
        sentence = "lies ahead: agree to it on that day, or the edition in force would end today"
        yield Fault("body.from", "lies_ahead", sentence)
    if command.until and command.until <= command.since:
        yield Fault("body.until", "before_from", "must come after `from`")
    elif command.until and command.until <= today:
        yield Fault("body.until", "is_over", "the agreement is over: nothing would go out or be accepted")


def _faults_of_fields(line: LineBody, where: str) -> Iterator[Fault]:
    known, may = FIELDS[line.event], opened(line.event, GROUND_OPENS[line.ground])
    yield from _twice(f"{where}.fields", line.fields)
    for name in line.fields:
        if name not in known:
            yield Fault(f"{where}.fields", "unknown_field", f"{name}; the event has {_listed(known)}")
        elif name not in may:
            sentence = f"{name} never goes out on {line.ground}; {_listed(may)} can"
            yield Fault(f"{where}.fields", "not_on_this_ground", sentence)


def _faults_of_ground(line: LineBody, where: str) -> Iterator[Fault]:
    if line.ground == "addressed":
        naming = [name for name, kind in FIELDS[line.event].items() if kind == "agency"]
        if line.field not in naming:
            sentence = f"must be the field of the event that names the agency: {_listed(naming)}"
            yield Fault(f"{where}.field", "unknown_field", sentence)
        return
    if line.field is not None:
        yield Fault(f"{where}.field", "not_on_this_ground", "only a line that is `addressed` has it")
    cells = [cell for cell in cell_of(line.event) if cell.name == line.ground]
    if line.ground == "consent" and line.purpose is None:
        yield Fault(f"{where}.purpose", "missing", "a line by consent names the purpose of the consent")
    elif not cells:
        grounds = _listed({cell.name for cell in cell_of(line.event)} | {"addressed"})
        sentence = f"{line.event} never goes out on {line.ground}; it does on {grounds}"
        yield Fault(f"{where}.ground", "not_on_this_ground", sentence)
    elif line.ground == "consent" and not any(not cell.about or line.purpose in cell.about for cell in cells):
        sentence = f"{line.event} goes out by a consent for {' or '.join(sorted(cells[0].about))}"
        yield Fault(f"{where}.purpose", "not_for_this_purpose", sentence)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
