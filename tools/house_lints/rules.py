"""The rules. Each is a function from a file to its faults, with a name and the reason for it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nrm_events.taking_part import AGENCIES

from house_lints import words
from house_lints.sources import Function, Source, last_name

Fault = tuple[int, str]
"""Line, and what is wrong there."""

MOST_POSITIONAL = 4
MOST_WORDS = 20
_ROUTES = {"get", "post", "put", "patch", "delete", "head", "options", "api_route", "exception_handler", "middleware"}
_HANDLERS = {"subscriptions", "reactions", "use_cases"}
_PAYLOADS = {"payload", "data", "event", "envelope"}
_NOW = {"utc_now", "utcnow"}
# Codes that are ordinary words, roles or services as well: only a reader can know which is meant.
_AMBIGUOUS = {"fund", "coordinator", "unions", "consulates"}
_MAY_NAME_AGENCIES = ("libs/events/src/nrm_events/taking_part.py", "demo/", "infra/")


@dataclass(frozen=True)
class Rule:
    """A rule of the house."""

    name: str
    reason: str
    faults: Callable[[Source], Iterator[Fault]]


def session_info(source: Source) -> Iterator[Fault]:
    if source.path.startswith("libs/chassis/"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "info" and last_name(node.value).endswith("session"):
            yield node.lineno, "session.info"


def positional(function: Function, is_method: bool) -> int:
    """How many parameters a caller may pass by position; 0 for a route, whose parameters FastAPI fills."""
    if any(isinstance(d, ast.Call) and last_name(d) in _ROUTES for d in function.decorator_list):
        return 0
    arguments = [*function.args.posonlyargs, *function.args.args]
    return len(arguments) - (1 if is_method and arguments else 0)


def many_positional(source: Source) -> Iterator[Fault]:
    for function, is_method in source.functions:
        if (count := positional(function, is_method)) > MOST_POSITIONAL:
            yield function.lineno, f"{function.name} has {count} positional parameters"


def clock_in_handler(source: Source) -> Iterator[Fault]:
    if not source.is_service or not _HANDLERS & set(source.module):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) == "now" and "datetime" in ast.unparse(node.func):
            yield node.lineno, ast.unparse(node.func)
        if isinstance(node, ast.Name | ast.Attribute) and last_name(node) in _NOW:
            yield node.lineno, last_name(node)


def any_payload(source: Source) -> Iterator[Fault]:
    if not source.is_service:
        return
    for node in source.nodes:
        if isinstance(node, ast.Subscript) and last_name(node.value) in ("Envelope", "Subscription"):
            if _is_any(node.slice):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.arg) and node.annotation and node.arg in _PAYLOADS and _is_any(node.annotation):
            yield node.lineno, f"{node.arg}: Any"
        elif isinstance(node, ast.AnnAssign) and _is_any(node.annotation) and _of_envelope(node):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and last_name(node) == "cast" and len(node.args) == 2:
            if _is_any(node.args[0]) and _reads_data(node.args[1]):
                yield node.lineno, ast.unparse(node)


def _is_any(node: ast.AST) -> bool:
    return last_name(node) == "Any" or (isinstance(node, ast.Constant) and node.value == "Any")


def _reads_data(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "data"


def _of_envelope(node: ast.AnnAssign) -> bool:
    return last_name(node.target) in _PAYLOADS or (node.value is not None and _reads_data(node.value))


def banned_words(source: Source) -> Iterator[Fault]:
    for prose in (*source.docstrings, *source.comments, *source.errors):
        for word, instead in words.found(prose.text):
            yield prose.line, f"“{word}”: {instead}"


def first_sentence(text: str) -> str:
    """Up to the first full stop; a paragraph, a list and a colon that begins one end it too."""
    paragraph = " ".join(re.split(r"\n\s*(?:\n|[-*] |\d+\. )", text, maxsplit=1)[0].split())
    plain = re.sub(r"\b(e\.g|i\.e|cf|etc|vs|art|no)\.", r"\1", paragraph, flags=re.IGNORECASE)
    return re.split(r"(?<=[.!?])[)”\"`]*\s+(?=[^a-z])", plain, maxsplit=1)[0]


def long_first_sentence(source: Source) -> Iterator[Fault]:
    for prose in source.docstrings:
        count = len(first_sentence(prose.text).split())
        if count > MOST_WORDS:
            yield prose.line, f"the first sentence has {count} words"


def agency_code(source: Source) -> Iterator[Fault]:
    if source.path.startswith(_MAY_NAME_AGENCIES):
        return
    codes = set(AGENCIES) - _AMBIGUOUS
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in codes or node.value in ("mia", "ngo-") or "mia-" in node.value:
                yield node.lineno, " ".join(node.value.split())[:60]


def visible_bases(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) == "visible":
            if not {"for_", "bases"} & {keyword.arg for keyword in node.keywords}:
                yield node.lineno, ast.unparse(node)


RULES = {
    rule.name: rule
    for rule in (
        Rule("session-info", "session.info hides arguments without a type; UnitOfWork has typed fields", session_info),
        Rule(
            "many-positional",
            f"more than {MOST_POSITIONAL} positional arguments are counted, not read; use a command, a value or keywords",
            many_positional,
        ),
        Rule(
            "clock-in-handler",
            "the clock is an argument: a test and a replay choose the time (uow.now)",
            clock_in_handler,
        ),
        Rule("any-payload", "mypy must check what a handler reads of an event", any_payload),
        Rule("banned-words", "one verb for one act; these stood for five things each (house_words.yaml)", banned_words),
        Rule(
            "long-first-sentence", f"a reader looks up the first sentence; {MOST_WORDS} words fit", long_first_sentence
        ),
        Rule("agency-code", "a rule asks an agency's kind; who takes part is one table (taking_part.py)", agency_code),
        Rule("visible-bases", "a query that names no basis shows a case for a purpose nobody agreed to", visible_bases),
    )
}
