"""The numbers of the law by day: `parameters.yaml`."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from casework.calendar import add_months, end_of_day, local_date
from casework.parameters import NotInForce, Parameters

PACKAGE = Path(__file__).parent
PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")


def value_or_none(name: str, day: date) -> Any:
    """A parameter of that day; None where it is unset or the rule did not exist yet."""
    try:
        return PARAMETERS.value(name, day)
    except NotInForce:
        return None


def considered_until(since: datetime) -> datetime:
    """RP-4: the end of the months in which a person considered a victim is not removed. NotInForce before the rule."""
    day = local_date(since)
    return end_of_day(add_months(day, PARAMETERS.value("removal_bar_months", day)))
