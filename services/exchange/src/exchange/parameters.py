"""The exchange's numbers by day of effect."""

from datetime import datetime

from casework.calendar import local_date
from casework.parameters import Parameters

from exchange.settings import PACKAGE

PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")


def days(name: str, at: datetime) -> int:
    """A number of days as it was on that day in Baku."""
    return int(PARAMETERS.value(name, local_date(at)))
