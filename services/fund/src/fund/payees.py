"""The payee of one order, opened by identification for the releaser (FU-6). Nothing of it is stored or logged."""

from typing import Any, Protocol
from uuid import UUID

from chassis.actor import Actor
from chassis.client import ServiceClient, Unavailable
from chassis.errors import DomainError

from fund.use_cases.payments import OrderToCome


class Payees(Protocol):
    """Who can open a payee: identification, or a stand-in of a test; one test runs against a real socket."""

    async def open(self, who: Actor, order: OrderToCome) -> dict[str, Any]: ...


class IdentityUnavailable(DomainError):
    """Identification does not answer: the release is refused, nothing changed, it may be tried again (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("identity_unavailable", "The payee cannot be opened now. Nothing was changed. Try again.")


class IdentificationPayees:
    """Asks identification, which audits who opened which payee for which order."""

    def __init__(self, client: ServiceClient | None) -> None:
        self._client = client

    async def open(self, who: Actor, order: OrderToCome) -> dict[str, Any]:
        """The payee's details. IdentityUnavailable when identification is away; Refused with its code otherwise."""
        if self._client is None:
            raise IdentityUnavailable
        asked = {
            "case_id": str(order.case_id),
            "purpose": "payment_order",
            "on_behalf_of": who.sub,
            "concerning": str(order.order_id),
        }
        try:
            return await self._client.post("/api/internal/payee", asked, key=_key(order.order_id, who))
        except Unavailable:
            raise IdentityUnavailable from None


def _key(order_id: UUID, who: Actor) -> str:
    """The same order by the same person is the same opening, however often it is tried."""
    return f"{order_id}/{who.sub}"
