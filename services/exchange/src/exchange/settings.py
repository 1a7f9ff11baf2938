"""What the exchange reads beside the settings of every service: its numbers, and the agreements it begins with."""

from datetime import datetime
from pathlib import Path

from chassis.clock import local_date
from chassis.parameters import Parameters

PACKAGE = Path(__file__).parent
PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")
AGREEMENTS = PACKAGE / "agreements"


def days(name: str, at: datetime) -> int:
    """A number of days as it was on that day in Baku."""
    return int(PARAMETERS.value(name, local_date(at)))
