"""Numbers of the law by day of effect: `parameters.yaml` of a service, by name *and* date.

Before a parameter's first day the rule did not exist: the act that needs it is refused with that reason. A value of
null is unset: nothing may block on it. Changing the law is changing a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from chassis.errors import NotPossible
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Parameter(BaseModel):
    """One value with its days and its source in the law; `verified` means read in the legal text itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    value: object
    valid_from: date = Field(alias="from")
    until: date | None = None
    legal: str
    source: str
    verified: bool
    note: str | None = None
    applies_to: str | None = None
    locked: bool = False

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.until is None or day < self.until)


class NotInForce(NotPossible):
    """The rule did not exist on that day (409 `not_in_force`)."""

    def __init__(self, name: str, day: date, first: date) -> None:
        super().__init__(
            "not_in_force",
            f"The rule {name} did not exist on {day.isoformat()}.",
            facts={"parameter": name, "on": day.isoformat(), "in_force_from": first.isoformat()},
        )


_FILE: TypeAdapter[dict[str, list[Parameter]]] = TypeAdapter(dict[str, list[Parameter]])


class Parameters:
    def __init__(self, rows: Mapping[str, Sequence[Parameter]]) -> None:
        self._rows = {name: sorted(values, key=lambda row: row.valid_from) for name, values in rows.items()}

    @classmethod
    def load(cls, path: Path) -> "Parameters":
        """Read a file; pydantic's error names the row and field that is wrong."""
        return cls(_FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8"))))

    def __iter__(self) -> Iterator[tuple[str, list[Parameter]]]:
        return iter(self._rows.items())

    def row(self, name: str, on: date, *, applies_to: str | None = None) -> Parameter:
        """The row in force on the day; rows for all persons, or for the group `applies_to`. NotInForce before it."""
        rows = [row for row in self._rows[name] if row.applies_to in (None, "all", applies_to)]
        valid = [row for row in rows if row.holds_on(on)]
        if not valid:
            raise NotInForce(name, on, min(row.valid_from for row in rows or self._rows[name]))
        return valid[-1]

    def value(self, name: str, on: date, *, applies_to: str | None = None) -> Any:
        """The value in force on the day, None where it is unset."""
        return self.row(name, on, applies_to=applies_to).value
