"""The house's own lints: `python tools/house.py report [--summary] | check RULE[:PACKAGE]... | figures | rules`.

`report` counts faults per rule and package and never fails. `check` fails with file:line for the rules listed, or for
one package of a rule; `check --enforced` takes the list of house_enforced.yaml. `figures` prints two tables: numbers,
and each service's names for the same room. `rules` prints each rule with its reason.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from house_lints import figures, sources
from house_lints.rules import RULES
from house_lints.sources import Source

TOP = Path(__file__).parent.parent
ENFORCED = Path(__file__).parent / "house_enforced.yaml"


def counts(files: Sequence[Source]) -> dict[str, Counter[str]]:
    """Rule → package → faults."""
    return {
        name: Counter(source.package for source in files for _ in rule.faults(source)) for name, rule in RULES.items()
    }


def report(files: Sequence[Source]) -> str:
    """A table: a line per rule, a column per package that has a fault."""
    found = counts(files)
    packages = sorted({package for counter in found.values() for package in counter})
    rows = [["rule", "all", *packages]]
    rows += [[name, str(sum(c.values())), *(str(c[p]) for p in packages)] for name, c in found.items()]
    return figures.table(rows)


def summary(files: Sequence[Source]) -> str:
    """One line."""
    return "house: " + ", ".join(f"{name} {sum(found.values())}" for name, found in counts(files).items()) + "\n"


def faults(files: Sequence[Source], wanted: Sequence[str]) -> Iterator[str]:
    """file:line: rule: what, for `RULE` or `RULE:PACKAGE`."""
    for want in wanted:
        name, _, package = want.partition(":")
        for source in files:
            if package in ("", source.package):
                for line, what in sorted(RULES[name].faults(source)):
                    yield f"{source.path}:{line}: {name}: {what}\n"


def enforced() -> list[str]:
    """What house_enforced.yaml lists, as arguments of `check`."""
    rows = yaml.safe_load(ENFORCED.read_text(encoding="utf-8"))
    return [
        rule if packages == "all" else f"{rule}:{package}"
        for rule, packages in rows.items()
        for package in ([""] if packages == "all" else packages)
    ]


def main(arguments: list[str], root: Path = TOP) -> int:
    if arguments == ["check", "--enforced"]:
        arguments = ["check", *enforced()]
    files = sources.read(root)
    match arguments:
        case ["report"]:
            sys.stdout.write(report(files))
        case ["report", "--summary"]:
            sys.stdout.write(summary(files))
        case ["figures"]:
            sys.stdout.write(figures.render(root, files))
        case ["rules"]:
            sys.stdout.writelines(f"{rule.name}: {rule.reason}\n" for rule in RULES.values())
        case ["check", *wanted] if wanted and _known(files, wanted):
            wrong = list(faults(files, wanted))
            sys.stderr.writelines(wrong)
            sys.stderr.writelines(f"why {name}: {RULES[name].reason}\n" for name in _broken(wrong))
            return 1 if wrong else 0
        case _:
            sys.stderr.write(f"{__doc__}\nrules: {', '.join(RULES)}\n")
            return 2
    return 0


def _known(files: Sequence[Source], wanted: Sequence[str]) -> bool:
    """A rule or a package that there is not would pass for ever."""
    packages = {"", *(source.package for source in files)}
    return all(want.partition(":")[0] in RULES and want.partition(":")[2] in packages for want in wanted)


def _broken(wrong: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(line.split(": ")[1] for line in wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
