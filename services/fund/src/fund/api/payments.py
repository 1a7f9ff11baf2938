"""Money set aside, and what the bank answered, over HTTP (FU-3, FU-7)."""

from uuid import UUID

from chassis import http
from chassis.rights import right

from fund.answers import ClaimAnswer
from fund.commands import ConfirmPayment, FailPayment, RecoverPayment, ReserveMoney, ReturnPayment
from fund.resources import Uow
from fund.use_cases import payments
from fund.views import claims as views

commands = http.commands()


@commands.post("/api/claims/{claim_id}/reservation", **right("reserve"))
async def reserve_money(claim_id: UUID, command: ReserveMoney, uow: Uow) -> ClaimAnswer:
    """Set money aside for an approved claim, or queue a failed payment anew (FU-7)."""
    return await views.show(uow, await payments.reserve(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/confirmation", **right("confirm"))
async def confirm_payment(claim_id: UUID, command: ConfirmPayment, uow: Uow) -> ClaimAnswer:
    """The bank confirmed the payment (FU-7)."""
    return await views.show(uow, await payments.confirm(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/failure", **right("fail"))
async def fail_payment(claim_id: UUID, command: FailPayment, uow: Uow) -> ClaimAnswer:
    """The bank refused or returned the payment (FU-7)."""
    return await views.show(uow, await payments.fail(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/return", **right("return_payment"))
async def return_payment(claim_id: UUID, command: ReturnPayment, uow: Uow) -> ClaimAnswer:
    """The bank returned what it had confirmed; the claim is paid again only after a new approval (FU-7)."""
    return await views.show(uow, await payments.return_payment(uow, claim_id, command))


@commands.post("/api/claims/{claim_id}/recovery", **right("recover"))
async def recover_payment(claim_id: UUID, command: RecoverPayment, uow: Uow) -> ClaimAnswer:
    """Money came back and is booked back (FU-3)."""
    return await views.show(uow, await payments.recover(uow, claim_id, command))
