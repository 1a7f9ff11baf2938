"""The numbers of the law that identification goes by (parameters.yaml), as they were on a day."""

from datetime import datetime
from pathlib import Path
from typing import Any

from casework.calendar import local_date
from casework.parameters import NotInForce, Parameters

PARAMETERS = Parameters.load(Path(__file__).parent / "parameters.yaml")


def parameter(name: str, at: datetime, *, applies_to: str | None = None) -> Any:
    """The value on the day of the act, in Baku; NotInForce before the rule existed, None where it is unset."""
    return PARAMETERS.value(name, local_date(at), applies_to=applies_to)


def parameter_or_none(name: str, at: datetime) -> Any:
    """The same, but None before the rule existed: for what is never refused, such as a report."""
    try:
        return parameter(name, at)
    except NotInForce:
        return None


def must_report_without_asking(kind: str | None, at: datetime) -> bool:
    """Whether the law obliged an agency of this kind on that day to report an adult without consent (ID-7).

    The default is to ask the person: for every other kind, an unknown one, and before the law.
    """
    return kind in (parameter_or_none("report_without_asking_kinds", at) or ())
