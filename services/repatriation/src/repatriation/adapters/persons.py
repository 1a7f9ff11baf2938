"""What identification answers about a person for one act here, audited there (ID-13). Nothing is stored."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.client import ServiceClient, Unavailable
from chassis.errors import DomainError
from pydantic import JsonValue


class IdentityUnavailable(DomainError):
    """Identification does not answer: nothing changed, it may be tried again (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__("identity_unavailable", "Identification does not answer. Nothing was changed. Try again.")


class IdentificationPersons:
    """Requests facts of persons from identification, on behalf of whoever acts."""

    def __init__(self, client: ServiceClient | None) -> None:
        self._client = client

    async def has_reached(self, actor: Actor, case_id: UUID, *, age: int, on: date, concerning: UUID) -> bool | None:
        """Whether the person has reached this age on that day; None where nobody knows."""
        body = _for(actor, case_id, "return", concerning) | {"age": age, "on": on.isoformat()}
        answer = await self._post("/api/internal/age", body, f"{concerning}/{age}/{on}/{actor.sub}")
        reached = answer["reached"]
        return reached if isinstance(reached, bool) else None

    async def name(self, actor: Actor, case_id: UUID, *, concerning: UUID) -> str:
        """The name for one certificate; empty where nobody knows it."""
        body = _for(actor, case_id, "certificate", concerning)
        answer = await self._post("/api/internal/name", body, f"{concerning}/{actor.sub}")
        return str(answer["name"])

    async def _post(self, path: str, body: dict[str, JsonValue], key: str) -> dict[str, JsonValue]:
        if self._client is None:
            raise IdentityUnavailable
        try:
            return await self._client.post(path, body, key=key)
        except Unavailable:
            raise IdentityUnavailable from None


def _for(actor: Actor, case_id: UUID, purpose: str, concerning: UUID) -> dict[str, JsonValue]:
    return {
        "case_id": str(case_id),
        "purpose": purpose,
        "on_behalf_of": actor.sub,
        "concerning": str(concerning),
    }
