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
_ROUTES = {"get", "post", "put", "patch", "delete", "head", "options", "api_route"}
_HANDLERS = {"subscriptions", "reactions", "projections", "clocks", "use_cases"}
_PAYLOADS = {"payload", "data", "event", "envelope", "heard", "told"}
_NOW = {"utc_now", "utcnow"}
# Codes that are a service, a role, a channel or a plain word as well: a fault only beside the name `agency`.
_AMBIGUOUS = {"fund", "coordinator", "unions", "consulates", "sms"}
_MAY_NAME_AGENCIES = (
    "libs/events/src/nrm_events/taking_part.py",
    "libs/events/src/nrm_events/corpus.py",  # samples
    "libs/events/src/nrm_events/shelter.py",  # `vac` is a way of support on the wire
    "services/shelter/src/shelter/domain/codes.py",  # the same
    "demo/",
    "infra/",
)


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
        match node:
            case ast.Subscript(value=value, slice=inner):
                wrong = last_name(value) in ("Envelope", "Subscription") and _is_any(inner)
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                wrong = name in _PAYLOADS and _is_any(annotation)
            case ast.AnnAssign(annotation=annotation):
                wrong = _is_any(annotation) and _of_envelope(node)
            case ast.Call(func=ast.Name("cast"), args=[kind, value]):
                wrong = _is_any(kind) and _reads_data(value)
            case ast.Call(func=ast.Name("getattr"), args=[value, *_]):
                wrong = _reads_data(value)
            case _:
                continue
        if wrong:
            yield node.lineno, ast.unparse(node)


def _is_any(node: ast.AST) -> bool:
    return last_name(node) == "Any" or (isinstance(node, ast.Constant) and node.value == "Any")


def _reads_data(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "data"


def _of_envelope(node: ast.AnnAssign) -> bool:
    return last_name(node.target) in _PAYLOADS or (node.value is not None and _reads_data(node.value))


def banned_words(source: Source) -> Iterator[Fault]:
    for prose in (*source.docstrings, *source.comments, *source.errors):
        for below, word, instead in words.found(prose.text):
            yield prose.line + below, f"“{word}”: {instead}"


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
    beside = set(_beside_agency(source))
    for node in source.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        ambiguous = text in _AMBIGUOUS and node not in beside
        if "mia-" in text or text in ("mia", "ngo-") or (text in AGENCIES and not ambiguous):
            yield node.lineno, " ".join(text.split())[:60]


def _beside_agency(source: Source) -> Iterator[ast.AST]:
    """What is compared with an agency, or passed as one: `agency="sms"`."""
    for node in source.nodes:
        if isinstance(node, ast.keyword) and "agenc" in str(node.arg):
            yield from ast.walk(node.value)
        if isinstance(node, ast.Compare) and "agenc" in ast.unparse(node):
            yield from ast.walk(node)


def visible_bases(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        if not isinstance(node, ast.Call) or last_name(node.func) != "visible":
            continue
        if not {"for_", "bases"} & {keyword.arg for keyword in node.keywords}:
            yield node.lineno, ast.unparse(node)


def imports_upward(source: Source) -> Iterator[Fault]:
    """What the layers of import-linter cannot express: `answers` is below `use_cases`, and yet not for it."""
    if not source.is_service:
        return
    in_use_case = "use_cases" in source.module
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom | ast.Import):
            for name in _imported(node):
                top, _, rest = name.partition(".")
                room = rest.partition(".")[0]
                if in_use_case and top == source.package and room in ("answers", "views"):
                    yield node.lineno, name
                if top == "jinja2":
                    yield node.lineno, name


def _imported(node: ast.ImportFrom | ast.Import) -> list[str]:
    """Full names: `from fund import answers` is `fund.answers`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


RULES = {
    rule.name: rule
    for rule in (
        Rule("session-info", "session.info hides arguments without a type; UnitOfWork has typed fields", session_info),
        Rule(
            "many-positional",
            f"nobody reads more than {MOST_POSITIONAL} positional arguments; use a command, a value or keywords",
            many_positional,
        ),
        Rule(
            "clock-in-handler",
            "the time is an argument, so that a test or a replay chooses it (uow.now)",
            clock_in_handler,
        ),
        Rule("any-payload", "mypy must check what a handler reads of an event", any_payload),
        Rule("banned-words", "one verb for one act; these stood for five things each (house_words.yaml)", banned_words),
        Rule(
            "long-first-sentence", f"a reader looks up the first sentence; {MOST_WORDS} words fit", long_first_sentence
        ),
        Rule("agency-code", "a rule asks an agency's kind; who takes part is one table (taking_part.py)", agency_code),
        Rule(
            "imports-upward", "a use case returns domain objects; views and pages make what people see", imports_upward
        ),
        Rule("visible-bases", "a query without bases shows a case for a purpose nobody agreed to", visible_bases),
    )
}
