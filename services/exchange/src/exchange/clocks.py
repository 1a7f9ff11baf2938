"""What time alone makes happen."""

from chassis.unit_of_work import UnitOfWork

from exchange.use_cases.reactions import forget_withheld


async def run_clocks(uow: UnitOfWork) -> None:
    """Events that waited too long for a basis are deleted."""
    await forget_withheld(uow)
