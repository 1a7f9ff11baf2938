"""The numbers of the law that identification goes by (parameters.yaml), as they were on a day."""

from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.clock import local_date
from chassis.parameters import NotInForce, Parameters

PARAMETERS = Parameters.load(Path(__file__).parent / "parameters.yaml")


def parameter(name: str, at: datetime, *, applies_to: str | None = None) -> Any:
    """The value on the day of the act, in Baku; NotInForce before the rule existed, None where it is unset."""
    return PARAMETERS.value(name, local_date(at), applies_to=applies_to)


def parameter_or_none(name: str, at: datetime) -> Any:
    """The same, but None before the rule existed: for what is never refused, such as a report or a look at a case."""
    try:
        return parameter(name, at)
    except NotInForce:
        return None
