"""The commands that were answered, and the few fields of each answer that later steps need.

The platform repeats a stored answer only to who could still do the act. Played a second time, a line meets cases whose
shelter, centre or agency serves the person no more; what was done there is known from here.
"""

import json
from pathlib import Path

from player.answers import Answer


class Journal:
    """A file of JSON lines, one per command; a line that was cut off is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: dict[str, Answer] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self._answers[entry["key"]] = Answer.of(entry["answer"], replayed=True)

    def answer(self, key: str) -> Answer | None:
        """The fields of the answer to this command; None if it was never answered."""
        return self._answers.get(key)

    def note(self, key: str, answer: Answer) -> None:
        """Record an answer; the first one of a key stays."""
        if key in self._answers:
            return
        self._answers[key] = answer.model_copy(update={"replayed": True})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "answer": answer.fields()}) + "\n")
