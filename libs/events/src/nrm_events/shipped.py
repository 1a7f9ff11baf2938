"""`python -m nrm_events.shipped write|check FOLDER`: every event schema that ever shipped, and that none of them broke.

FOLDER holds `<type>/<n>.json`, only ever added to. Full transitive compatibility: what was ever sent is read now, and
what is sent now is read by whoever installed any earlier edition (docs/adr/0011).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from nrm_events.compatibility import PROSE, Refusal, Schema, refusals
from nrm_events.schemas import render

# What a difference is called: when today's readers refuse what was sent, and when yesterday's refuse what is sent.
NAMES = {
    "needed": ("field_made_required", "field_no_longer_given"),
    "value": ("value_removed", "value_added"),
    "list": ("codes_closed", "codes_opened"),
    "null": ("empty_refused", "empty_allowed"),
    "bound": ("bound_tightened", "bound_loosened"),
    "unknown": ("fields_closed", "fields_closed"),
}


def breaks(was: Schema, now: Schema) -> list[str]:
    """`name field` of every change between two schemas of one event version that somebody would not survive.

    A schema that takes no other fields is of what agencies submit. The platform reads it, always by the newest.
    """
    found = [name_of(refusal, 0) for refusal in refusals(was, now)]
    submitted = now.get("additionalProperties") is False
    by_yesterday = [refusal for refusal in refusals(now, was) if not (submitted and refusal.kind == "unknown")]
    return list(dict.fromkeys(found + [name_of(refusal, 1) for refusal in by_yesterday]))


def name_of(refusal: Refusal, side: int) -> str:
    """`side` 0: today's readers refuse it; 1: yesterday's do."""
    same = f"{refusal.kind.replace(' ', '_')}_changed"
    return f"{NAMES.get(refusal.kind, (same, same))[side]} {refusal.path}".rstrip()


def shape(schema: Schema, *, names: bool = False) -> dict[str, Any]:
    """The schema without its prose: what binds. `names`: the keys are fields, not keywords."""
    dropped = set() if names else PROSE - {"$defs"}
    return {
        key: _bare(part, names=not names and key in ("properties", "$defs"))
        for key, part in schema.items()
        if key not in dropped
    }


def _bare(part: JsonValue, *, names: bool) -> JsonValue:
    if isinstance(part, list):
        return [_bare(one, names=False) for one in part]
    return shape(part, names=names) if isinstance(part, dict) else part


def history(folder: Path) -> dict[str, list[Schema]]:
    """Type → the shapes that shipped, oldest first."""
    return {
        kind.name: [
            json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(kind.glob("*.json"), key=lambda path: int(path.stem))
        ]
        for kind in sorted(folder.iterdir())
        if kind.is_dir()
    }


def present() -> dict[str, Schema]:
    """Type → the shape it has now."""
    return {name.removesuffix(".json"): shape(json.loads(content)) for name, content in render().items()}


def faults(folder: Path) -> Iterator[str]:
    """What breaks somebody, a line each."""
    now = present()
    for kind, shapes in history(folder).items():
        if kind not in now:
            yield f"{kind}: type_removed"
            continue
        for number, was in enumerate(shapes, 1):
            yield from (f"{kind}: {name} (against {number}.json)" for name in breaks(was, now[kind]))


def unrecorded(folder: Path) -> dict[str, int]:
    """Types whose present shape has not shipped → the number it will have."""
    shipped = history(folder)
    newest = {kind: shapes[-1] if shapes else None for kind, shapes in shipped.items()}
    return {kind: len(shipped.get(kind, ())) + 1 for kind, now in present().items() if newest.get(kind) != now}


def record(folder: Path) -> None:
    """Add the present shape of every type that has changed."""
    for kind, number in unrecorded(folder).items():
        (folder / kind).mkdir(exist_ok=True)
        content = json.dumps(present()[kind], indent=2, sort_keys=True) + "\n"
        (folder / kind / f"{number}.json").write_text(content, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    broken = list(faults(folder))
    sys.stderr.writelines(f"{line}: see docs/how-to/change-an-event.md\n" for line in broken)
    if arguments[0] == "write" and not broken:
        record(folder)
    waiting = [] if broken else unrecorded(folder)
    sys.stderr.writelines(f"{kind}: changed and not recorded as shipped\n" for kind in waiting)
    return 1 if broken or waiting else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
