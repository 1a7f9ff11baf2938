"""The figures of the house: how far the code is from one dialect and plain English."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import yaml
from import_contracts import FORMER_ROOMS, ROOMS

from house_lints import rules, words
from house_lints.sources import Source, last_name

ROOM_NAMES = Path(__file__).parent.parent / "house_rooms.yaml"
_LIST = Path("infra/platform.yaml")
_ADD_A_COMMAND = Path("docs/how-to/add-a-command.md")


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def _any_uses(source: Source) -> int:
    return sum(isinstance(node, ast.Name | ast.Attribute) and last_name(node) == "Any" for node in source.nodes)


def _lines(source: Source) -> int:
    return source.text.count("\n")


def _per_thousand(files: Sequence[Source]) -> str:
    return f"{1000 * sum(map(_any_uses, files)) / max(1, sum(map(_lines, files))):.1f}"


def _names(source: Source) -> int:
    """Variables, parameters, functions and attributes that are a banned word."""
    banned = words.names()
    return sum(
        str(getattr(node, field, "")) in banned
        for node in source.nodes
        for field in ("id", "arg", "attr", "name")
        if not isinstance(node, ast.alias)
    )


def rows(files: Sequence[Source]) -> Iterator[tuple[str, str]]:
    """Each figure with its name."""
    counted = [rules.positional(*function) for source in files for function in source.functions]
    lengths = sorted(_lines(source) for source in files)
    longest = max(files, key=_lines)
    yield "files, lines", f"{len(files)}, {sum(lengths):,}"
    for most in (rules.MOST_POSITIONAL, 5, 7):
        yield f"functions with more than {most} positional parameters", f"{sum(c > most for c in counted)}"
    yield "`Any` per 1,000 lines", _per_thousand(files)
    for part, prefix in (("chassis", "libs/chassis/"), ("services", "services/"), ("infra", "infra/")):
        yield f"… {part}", _per_thousand([source for source in files if source.path.startswith(prefix)])
    yield "longest file, lines", f"{lengths[-1]} ({longest.path.partition('src/')[2]})"
    yield "median file, lines", f"{median(lengths):.0f}"
    yield "banned words in prose", _sum(files, "banned-words")
    yield "banned words as names", str(sum(map(_names, files)))
    yield "first sentences of more than 20 words", _sum(files, "long-first-sentence")
    yield "docstrings", str(sum(len(source.docstrings) for source in files))
    yield "lines of libs/chassis", f"{sum(_lines(s) for s in files if s.path.startswith('libs/chassis/')):,}"
    production = [s for s in files if s.path.startswith("libs/chassis/") and "testing" not in s.module]
    yield "code lines of libs/chassis without its testing", f"{sum(map(_code_lines, production)):,}"
    yield "lines of libs/casework", f"{sum(_lines(s) for s in files if s.path.startswith('libs/casework/')):,}"


def _code_lines(source: Source) -> int:
    """Lines with code: neither blank, nor a comment, nor part of a docstring."""
    prose = {
        line
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in prose
        for number, line in enumerate(source.text.splitlines(), 1)
    )


def files_of_a_command(root: Path) -> str:
    """The code files that the steps of the how-to name, and those of steps that not every act needs."""
    if not (root / _ADD_A_COMMAND).exists():
        return "–"
    text = re.sub(r"```.*?```", "", (root / _ADD_A_COMMAND).read_text(encoding="utf-8"), flags=re.DOTALL)
    steps = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]
    always, sometimes = (
        {name for step in steps if step.startswith("**Only") == only for name in re.findall(r"`([\w/<>]+\.py)`", step)}
        for only in (False, True)
    )
    return f"{len(always)}, for a new answer {len(always | sometimes)}"


def _sum(files: Sequence[Source], rule: str) -> str:
    return str(sum(1 for source in files for _ in rules.RULES[rule].faults(source)))


def modules(files: Sequence[Source], service: str) -> set[str]:
    """Modules and folders of a service: `app`, `use_cases`, `use_cases/acts`."""
    found = set()
    for source in files:
        if source.package == service:
            parts = [part for part in source.module if part != "__init__"]
            found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    return found


def dialects(files: Sequence[Source], services: Sequence[str]) -> list[list[str]]:
    """Room × service: the modules that do that room's work today."""
    rooms: dict[str, list[str]] = yaml.safe_load(ROOM_NAMES.read_text(encoding="utf-8"))
    there = {service: modules(files, service) for service in services}
    result = [["room", *services]]
    for room, known in rooms.items():
        result.append([room, *(", ".join(n for n in known if n in there[s]) or "–" for s in services)])
    outside = {service: sorted(_outside(there[service], rooms)) for service in services}
    result.append(["in no room", *(", ".join(outside[service]) or "–" for service in services)])
    return result


def _outside(there: set[str], rooms: dict[str, list[str]]) -> set[str]:
    """Top-level modules that are neither a room nor another name of one."""
    known = set(re.findall(r"\w+", " ".join(ROOMS))) - set(FORMER_ROOMS) | {"__init__", "migrations"}
    return {module for module in there if "/" not in module} - known - {n for names in rooms.values() for n in names}


def render(root: Path, files: Sequence[Source]) -> str:
    """Both tables."""
    services = list(yaml.safe_load((root / _LIST).read_text(encoding="utf-8"))["services"])
    by_hand = ("code files touched by hand to add a command", files_of_a_command(root))
    numbers = table([["figure", "value"], *([name, value] for name, value in (*rows(files), by_hand))])
    return f"{numbers}\n{table(dialects(files, services))}"
