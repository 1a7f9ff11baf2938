"""The commands that were answered, and the few fields of each answer that later steps need.

The platform repeats a stored answer only to who could still do the act. Played a second time, a line meets cases whose
shelter, centre or agency serves the person no more; what was done there is known from here.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIELDS = ("id", "case_id", "age_group", "status", "state", "version")
"""Ids, codes and numbers: nothing of the person."""


class Journal:
    """A file of JSON lines, one per command; a line that was cut off is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: dict[str, dict[str, Any]] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self._answers[entry["key"]] = entry["answer"]

    def answer(self, key: str) -> Mapping[str, Any] | None:
        """The fields of the answer to this command; None if it was never answered."""
        return self._answers.get(key)

    def note(self, key: str, body: Mapping[str, Any]) -> None:
        """Record an answer; the first one of a key stays."""
        if key in self._answers:
            return
        self._answers[key] = {name: body[name] for name in FIELDS if name in body}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "answer": self._answers[key]}) + "\n")
