"""`python tools/rules.py write|check`: docs/rules.md, for every rule where it is enforced and which tests show it.

The rules and their ids stand in docs/domain-rules.csv; what cites an id in its docstring or name keeps it.
"""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).parent.parent
TARGET = TOP / "docs" / "rules.md"
RULES = TOP / "docs" / "domain-rules.csv"
_ID = re.compile(r"\b(?:ID|SH|FU|RP|NO|CO)-\d+\b")
_SPAN = re.compile(r"\b((?:ID|SH|FU|RP|NO|CO)-)(\d+) … (?:\1)?(\d+)\b")


def cited(text: str) -> set[str]:
    """The ids in a text; `ID-7 … ID-10` cites each of them."""
    spans = {f"{kind}{n}" for kind, first, last in _SPAN.findall(text) for n in range(int(first), int(last) + 1)}
    return set(_ID.findall(text)) | spans


def places() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Rule → files of the source, rule → files of tests, in order of their paths."""
    kept: dict[str, list[str]] = defaultdict(list)
    tested: dict[str, list[str]] = defaultdict(list)
    for folder in ("libs", "services", "demo", "tests"):
        for path in sorted((TOP / folder).rglob("*.py")):
            where = tested if "tests" in path.relative_to(TOP).parts else kept
            for rule in cited(path.read_text(encoding="utf-8")):
                where[rule].append(path.relative_to(TOP).as_posix())
    return kept, tested


def render() -> str:
    kept, tested = places()
    lines = [
        "# Rules: where each is kept and which tests show it",
        "",
        "Made by `python tools/rules.py write`; `make check` refuses an outdated one.",
        "",
        "| rule | what | kept in | shown by |",
        "|---|---|---|---|",
    ]
    with RULES.open(encoding="utf-8", newline="") as rows:
        lines += [
            f"| {row['id']} | {row['rule']} | {_links(kept[row['id']])} | {_links(tested[row['id']])} |"
            for row in csv.DictReader(rows)
        ]
    return "\n".join(lines) + "\n"


def _links(paths: list[str]) -> str:
    return "<br>".join(f"[{_short(path)}](../{path})" for path in paths) or "not yet"


def _short(path: str) -> str:
    return path.replace("services/", "").replace("/src/", "/").replace("/tests/", "/")


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments == ["write"]:
        TARGET.write_text(render(), encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != render():
        sys.stderr.write("docs/rules.md is outdated: run `python tools/rules.py write`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
