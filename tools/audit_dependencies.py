"""`python tools/audit_dependencies.py`: the packages of every lock against the advisories of their index.

Ends with 0 when none is vulnerable, 1 when one is, and 3 when an index does not answer for all of them: then nothing is
known. Python locks are audited by pip-audit, Node locks by `npm audit`; both are fetched or found at the time of use.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).parent.parent
PIP_AUDIT = ("uv", "tool", "run", "pip-audit", "--no-deps", "--disable-pip", "--require-hashes", "--format=json")
NPM_AUDIT = ("npm", "audit", "--package-lock-only", "--json")
_SECONDS = 600


@dataclass
class Found:
    """What the index answered for one lock."""

    audited: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def locks(top: Path) -> Iterator[Path]:
    """Every lock that git knows, those of jars apart: their index publishes no advisories."""
    listed = subprocess.run(("git", "ls-files"), cwd=top, capture_output=True, text=True, check=True).stdout  # noqa: S607
    for name in listed.splitlines():
        if name.endswith(("requirements.lock", "installer.lock", "package-lock.json")):
            yield top / name


def of_python(answer: Mapping[str, Sequence[Mapping[str, object]]]) -> Found:
    """What pip-audit wrote: a package with `skip_reason` was not found where advisories are."""
    found = Found()
    for package in answer["dependencies"]:
        name = str(package["name"])
        if "skip_reason" in package:
            found.unknown.append(name)
            continue
        found.audited += 1
        advisories = package.get("vulns")
        ids = [str(one["id"]) for one in advisories] if isinstance(advisories, list) else []
        if ids:
            found.vulnerable.append(f"{name} {package['version']}: {', '.join(ids)}")
    return found


def of_node(answer: Mapping[str, object]) -> Found:
    """What npm wrote: without `vulnerabilities`, the registry did not answer."""
    advisories = answer.get("vulnerabilities")
    if not isinstance(advisories, dict):
        return Found(unknown=["every package"])
    return Found(audited=1, vulnerable=[f"{name}: {one['severity']}" for name, one in sorted(advisories.items())])


def audit(lock: Path) -> Found:
    """Run the auditor of this lock. One that does not run, or writes no JSON, knows nothing."""
    node = lock.name == "package-lock.json"
    command = NPM_AUDIT if node else (str(Path(sys.executable).with_name("uv")), *PIP_AUDIT[1:], "-r", str(lock))
    try:
        done = subprocess.run(command, cwd=lock.parent, capture_output=True, timeout=_SECONDS)  # noqa: S603
        answer = json.loads(done.stdout)
        return of_node(answer) if node else of_python(answer)
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return Found(unknown=["every package"])


def main(top: Path = TOP) -> int:
    status = 0
    for lock in locks(top):
        found, name = audit(lock), lock.relative_to(top)
        if found.vulnerable:
            sys.stdout.writelines(f"{name}: vulnerable: {one}\n" for one in found.vulnerable)
            status = 1
        if found.unknown:
            count = len(found.unknown)
            sys.stdout.write(f"{name}: not known: the index does not answer for {count} of its entries\n")
            status = status or 3
        if not found.vulnerable and not found.unknown:
            sys.stdout.write(f"{name}: nothing is known to be vulnerable\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
