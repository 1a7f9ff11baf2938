"""The numbers of the law that the Fund reads, by the day on which they were in force (parameters.yaml)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from casework.calendar import local_date
from casework.parameters import Parameters

PACKAGE = Path(__file__).parent
PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")
LimitRows = Mapping[str, Mapping[str, int]]
"""Purpose or kind → qəpik in any period of so many days."""
_ACCEPTS = {
    "allowance": "accepts_recognitions",
    "needs_grant": "needs_grants_accept_recognitions",
    "compensation": "compensation_accepts_recognitions",
}


def allowance_qepik(moment: datetime) -> int:
    """The allowance of that day (FU-1). NotInForce before the first day."""
    amount: int = PARAMETERS.value("allowance_qepik", local_date(moment))
    return amount


def needs(moment: datetime) -> Collection[str]:
    """What a needs grant may be for on that day (FU-2). NotInForce before the first day."""
    known: list[str] = PARAMETERS.value("needs_grants", local_date(moment))
    return known


def ceilings(moment: datetime) -> LimitRows:
    """The ceilings of that day, by purpose or kind of claim; what has none is unset (FU-2)."""
    rows: LimitRows = PARAMETERS.value("ceilings", local_date(moment))
    return rows


def second_approver_above(moment: datetime) -> LimitRows:
    """The sums above which two persons approve, where no ceiling is set (FU-2)."""
    rows: LimitRows = PARAMETERS.value("second_approver_above", local_date(moment))
    return rows


def accepted_recognitions(claim_kind: str, moment: datetime) -> Collection[str]:
    """Kinds of recognition that count for a claim of this kind on that day (FU-8). NotInForce before the first day."""
    accepted: list[str] = PARAMETERS.value(_ACCEPTS[claim_kind], local_date(moment))
    return accepted


def small_cell_threshold(moment: datetime) -> int:
    """Groups of fewer persons are not shown in public (FU-10)."""
    threshold: int = PARAMETERS.value("small_cell_threshold", local_date(moment))
    return threshold
