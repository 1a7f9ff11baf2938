"""`python -m nrm_events.schemas write|check FOLDER`: the JSON Schema of every event version, sent or still read."""

import json
import sys
from pathlib import Path

from nrm_events.catalogue import EVERY
from nrm_events.envelope import schema_of


def render() -> dict[str, str]:
    """File name → content for every event version."""
    return {
        f"{name}.json": json.dumps(schema_of(event), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, event in sorted(EVERY.items())
    }


def differences(folder: Path) -> list[str]:
    """Names of schema files that are missing, changed or of no event any more."""
    wanted = render()
    committed = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | committed.keys() if wanted.get(name) != committed.get(name))


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(arguments[1])
    if arguments[0] == "check":
        changed = differences(folder)
        sys.stderr.writelines(f"schema differs: {name}\n" for name in changed)
        return 1 if changed else 0
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(differences(folder)) - render().keys():
        (folder / stale).unlink()
    for name, content in render().items():
        (folder / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
