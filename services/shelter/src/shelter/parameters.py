"""The numbers of the law, by the day in Baku on which they apply (parameters.yaml)."""

from datetime import date, datetime
from typing import Any

from casework.calendar import local_date
from casework.parameters import NotInForce, Parameters

from shelter.settings import PACKAGE

PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")


def parameter(name: str, at: datetime | date) -> Any:
    """A number of the law as it was on that day; NotInForce before its first day."""
    return PARAMETERS.value(name, local_date(at) if isinstance(at, datetime) else at)


def parameter_or_none(name: str, at: datetime | date) -> Any:
    """The same for what only warns or shows a clock: None before its first day."""
    try:
        return parameter(name, at)
    except NotInForce:
        return None
