"""What shelter reads beside the settings of every service: its numbers of the law and the facilities that it seeds."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from chassis.clock import local_date
from chassis.parameters import NotInForce, Parameters

PACKAGE = Path(__file__).parent
PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")
FACILITIES = PACKAGE / "facilities.yaml"


def parameter(name: str, at: datetime | date) -> Any:
    """A number of the law as it was on that day in Baku; NotInForce before its first day."""
    return PARAMETERS.value(name, local_date(at) if isinstance(at, datetime) else at)


def parameter_or_none(name: str, at: datetime | date) -> Any:
    """The same for what only warns or shows a clock: before its first day there is no warning and no clock."""
    try:
        return parameter(name, at)
    except NotInForce:
        return None
