"""The numbers of the law that identification goes by (parameters.yaml), as they were on a day."""

from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.moments import local_date
from chassis.parameters import Parameters

PARAMETERS = Parameters.load(Path(__file__).parent / "parameters.yaml")


def parameter(name: str, at: datetime, *, applies_to: str | None = None) -> Any:
    """The value on the day of the act, in Baku; NotInForce before the rule existed, None where it is unset."""
    return PARAMETERS.value(name, local_date(at), applies_to=applies_to)
