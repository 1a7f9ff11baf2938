"""The payee of one order, opened by identification for the releaser (FU-6). Nothing of it is stored or logged."""

from uuid import UUID

from chassis.actor import Actor
from chassis.client import ServiceClient, Unavailable
from chassis.errors import DomainError
from pydantic import JsonValue


class IdentityUnavailable(DomainError):
    """Identification does not answer: the release is refused, nothing changed, it may be tried again (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("identity_unavailable", "The payee cannot be opened now. Nothing was changed. Try again.")


class IdentificationPayees:
    """Requests payees from identification, which audits who opened which payee for which order."""

    def __init__(self, client: ServiceClient | None) -> None:
        self._client = client

    async def open(self, actor: Actor, *, case_id: UUID, order_id: UUID, payee: str) -> dict[str, JsonValue]:
        """The payee's details. IdentityUnavailable when identification is away; Refused with its code otherwise."""
        if self._client is None:
            raise IdentityUnavailable
        body = {
            "case_id": str(case_id),
            "purpose": "payment_order",
            "on_behalf_of": actor.sub,
            "concerning": str(order_id),
            "payee": payee,
        }
        # The same order by the same person is the same opening, however often it is tried.
        try:
            return await self._client.post("/api/internal/payee", body, key=f"{order_id}/{actor.sub}")
        except Unavailable:
            raise IdentityUnavailable from None
