"""What time alone makes happen."""

from chassis.unit_of_work import UnitOfWork

from exchange.use_cases.reactions import forget_withheld
from exchange.use_cases.tallies import fold_tallies


async def run_clocks(uow: UnitOfWork) -> None:
    """Events that waited too long for a basis are deleted; what was counted is added up."""
    await forget_withheld(uow)
    await fold_tallies(uow)
