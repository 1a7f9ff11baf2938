"""People of agencies that joined later: no demo user has them, so the token is read by the test itself."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis.actor import Actor
from chassis.clock import utc_now
from chassis.testing import Person, ServiceUnderTest
from nrm_events import exchange
from nrm_events.taking_part import AgencyKind


class _Verifier:
    """Tokens `test:<agency>:<role>` are whom they name; all others go to the real one."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def remembers(self, token: str) -> bool:
        return True

    async def verify(self, token: str) -> Actor:
        if not token.startswith("test:"):
            actor: Actor = await self._real.verify(token)
            return actor
        _, agency, role = token.split(":")
        return Actor(sub=f"{agency}.{role}", agency=agency, roles=frozenset({role}), client="test")


def joined(agency: str, kind: AgencyKind | None = "ngo") -> exchange.AgencyJoined:
    code = uuid5(NAMESPACE_URL, agency)
    return exchange.AgencyJoined(effective_at=utc_now(), agency_id=code, agency=agency, kind=kind)


def somebody_of(service: ServiceUnderTest, agency: str, role: str = "caseworker") -> Person:
    """Somebody who signed in at an agency that has no demo user."""
    if not isinstance(service.app.state.verifier, _Verifier):
        service.app.state.verifier = _Verifier(service.app.state.verifier)
    return Person(service.http, f"test:{agency}:{role}")
