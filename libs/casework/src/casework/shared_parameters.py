"""The parameters that several services go by: `parameters.yaml` of this library, by name and day."""

from datetime import date
from pathlib import Path

from casework.parameters import NotInForce, Parameters

PARAMETERS = Parameters.load(Path(__file__).parent / "parameters.yaml")


def message_languages(day: date) -> tuple[str, ...]:
    """The languages in which messages to a person are written; none before the first day (NO-2, fail closed)."""
    try:
        return tuple(PARAMETERS.value("message_languages", day))
    except NotInForce:
        return ()
