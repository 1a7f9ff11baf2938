"""What use cases find beside the database: nothing, for shelter speaks to nobody outside."""

from dataclasses import dataclass
from typing import Annotated

from chassis.http import unit_of_work
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends


@dataclass(frozen=True)
class Resources:
    """Empty."""


Uow = Annotated[UnitOfWork[Resources], Depends(unit_of_work)]
