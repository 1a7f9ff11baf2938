"""Why an act was not done, in words: beside the question that it is about, or above the form (C8)."""

from collections.abc import Iterator, Sequence

from chassis.errors import DomainError, Fault

from staffui import formats, words_of
from staffui.catalogue import has
from staffui.questions import Question
from staffui.view import Link, Refusal
from staffui.visit import Visit

WHEN = "happened_at"
"""When it happened: forms put this question in one way for all commands."""


def explained(
    visit: Visit, asked: Sequence[Question], refused: DomainError, back: Link
) -> tuple[dict[str, str], Refusal | None]:
    """Faults beside their questions; what belongs to none of them stands above the form."""
    by_sent = {one.sent or one.name: one.name for one in asked} | {WHEN: WHEN}
    errors: dict[str, str] = {}
    elsewhere = []
    for fault in refused.faults:
        name = next((by_sent[place] for place in _places(fault) if place in by_sent), None)
        if name:
            errors[name] = _fault(visit, fault)
        else:
            elsewhere.append(_fault(visit, fault))
    if errors and not elsewhere:
        return errors, None
    return errors, _refusal(visit, refused, back)


def _places(fault: Fault) -> Iterator[str]:
    """`body.contact.hours.0` → `contact.hours.0`, `contact.hours`, `contact`; the names of the standard as well."""
    whole, parts = fault.where, fault.where.split(".")
    yield whole
    if parts[0] == "body":
        yield from (".".join(parts[1:end]) for end in range(len(parts), 1, -1))


def _fault(visit: Visit, fault: Fault) -> str:
    keys = (f"fault.{fault.code}", f"refusal.{fault.code}", "fault.other")
    return visit.text(next(key for key in keys if has(key) or key == keys[-1]))


def _refusal(visit: Visit, refused: DomainError, back: Link) -> Refusal:
    """What did not happen, each reason, and what to do instead; nothing was changed (C8)."""
    sentences = [words_of.refusal(visit.language, refused.code), *_facts(visit, refused)]
    return Refusal(visit.text("ui.not_done"), sentences, refused.code, [back])


def _facts(visit: Visit, refused: DomainError) -> Iterator[str]:
    """Every reason why a place does not fit, and sums such as what is missing (SH-4, FU-5)."""
    for name, value in refused.facts.items():
        if name == "refusals" and isinstance(value, list):
            yield from (words_of.code(visit.language, name, str(one)) for one in value)
        elif name.endswith("_qepik") and isinstance(value, int) and has(f"field.{name}"):
            yield f"{words_of.field(visit.language, name)}: {formats.money(visit.language, value)}"
