"""What is wrong in an agreement, and where: what cannot go out cannot be agreed to (ID-7, ID-12)."""

from collections.abc import Iterator

from chassis.errors import Fault
from nrm_events.taking_part import AGENCIES, is_police

from exchange.commands import Agree, LineBody
from exchange.domain.agreements import POLICE_GROUNDS, cell_of
from exchange.domain.shareable import FIELDS, GROUND_OPENS, SHAREABLE, opened


def faults_of(command: Agree) -> Iterator[Fault]:
    """Each with the path of what is wrong, a code and a sentence."""
    known = AGENCIES.get(command.agency)
    if known and known.kind != command.kind:
        yield Fault("body.kind", "other_kind", f"this agency takes part from the start, as {known.kind}")
    if command.until and command.until <= command.since:
        yield Fault("body.until", "before_from", "must come after `from`")
    for number, line in enumerate(command.tells):
        where = f"body.tells.{number}"
        if is_police(command.kind):
            yield from _faults_for_police(line, where)
        if line.event in SHAREABLE:
            yield from _faults_of_fields(line, where)
            yield from _faults_of_ground(line, where)
        else:
            yield Fault(f"{where}.event", "unknown_event", "is no event of a case that can go out")


def _faults_for_police(line: LineBody, where: str) -> Iterator[Fault]:
    """Police learn of a case by the hand-over alone (ID-7): by no consent, whatever else the line names."""
    wrong = "purpose" if line.purpose is not None else "ground" if line.ground not in POLICE_GROUNDS else None
    if wrong:
        grounds = " or ".join(sorted(POLICE_GROUNDS))
        sentence = f"police learn of a case by the hand-over alone (ID-7): name no purpose, and {grounds} as ground"
        yield Fault(f"{where}.{wrong}", "police_by_handover", sentence)


def _faults_of_fields(line: LineBody, where: str) -> Iterator[Fault]:
    known, may = FIELDS[line.event], opened(line.event, GROUND_OPENS[line.ground])
    for name in line.fields:
        if name not in known:
            yield Fault(f"{where}.fields", "unknown_field", name)
        elif name not in may:
            yield Fault(f"{where}.fields", "not_on_this_ground", f"{name} never goes out on {line.ground}")


def _faults_of_ground(line: LineBody, where: str) -> Iterator[Fault]:
    if line.ground == "addressed":
        if line.field is None or FIELDS[line.event].get(line.field) != "agency":
            yield Fault(f"{where}.field", "unknown_field", "must be the field of the event that names the agency")
        return
    cells = [asked for asked in cell_of(line.event) if asked.name == line.ground]
    if line.ground == "consent" and line.purpose is None:
        yield Fault(f"{where}.purpose", "missing", "a line by consent names the purpose of the consent")
    elif not cells:
        yield Fault(f"{where}.ground", "not_on_this_ground", f"{line.event} never goes out on {line.ground}")
    elif line.ground == "consent" and not any(not asked.about or line.purpose in asked.about for asked in cells):
        sentence = f"{line.event} goes out by a consent for {_purposes(cells[0].about)}"
        yield Fault(f"{where}.purpose", "not_for_this_purpose", sentence)


def _purposes(about: frozenset[str]) -> str:
    return " or ".join(sorted(about))
