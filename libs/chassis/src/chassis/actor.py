"""Who acts: always the token's `sub`, with the role and agency at the time of the act."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Actor:
    """A person or a service. `role` is the one that gave the right to the present act."""

    sub: str
    agency: str
    roles: frozenset[str]
    client: str
    role: str | None = None
    scope: str = "none"
    origin: str | None = None

    def acting_as(self, role: str, scope: str) -> "Actor":
        return replace(self, role=role, scope=scope)


def system(service: str) -> Actor:
    """The service itself, when it acts on an event or a clock."""
    return Actor(sub=f"system:{service}", agency=service, roles=frozenset({"service"}), client=service, role="service")
