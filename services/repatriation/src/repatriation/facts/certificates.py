"""What a printed certificate is made of (RP-4)."""

from dataclasses import dataclass

from repatriation.tables import Bar, Certificate


@dataclass(frozen=True)
class Printed:
    """A bar with its certificate, and whether the printer may read the holder's name."""

    bar: Bar
    certificate: Certificate
    may_name: bool
