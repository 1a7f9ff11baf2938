"""An agency's client in Keycloak, over the admin API; the same again changes nothing."""

from typing import TYPE_CHECKING

from keycloak.exceptions import KeycloakPostError

from agency_access.access import TOKEN_SECONDS, Access, Representation

if TYPE_CHECKING:
    from keycloak import KeycloakAdmin

_CONFLICT = 409
# Not the claims of people's accounts: an agency's follow from its code. One scope, because the broker requires it.
_NEW: Representation = {"defaultClientScopes": ["email"]}


def find(admin: "KeycloakAdmin", access: Access) -> Representation | None:
    """The agency's client as it stands. KeycloakError: refused, or away."""
    found = admin.get_client_id(access.client_id)
    return dict(admin.get_client(found)) if found else None


def ensure(
    admin: "KeycloakAdmin",
    access: Access,
    *,
    enabled: bool | None = None,
    secret: str | None = None,
    seconds: int = TOKEN_SECONDS,
) -> tuple[bool, list[str]]:
    """Make the client or mend it: whether it was made, and what was mended.

    Args:
        admin: Keycloak's admin API of the realm.
        access: Of which agency.
        enabled: Whether it may sign in; None: one that is there stays as it is, a new one may.
        secret: Of a new client, else Keycloak makes one. One that is there keeps its own.
        seconds: How long its tokens live.

    Raises:
        KeycloakError: Refused, or away.
    """
    made = False
    found = find(admin, access)
    if found is None:
        made = _create(admin, access.client(seconds) | _NEW | {"enabled": enabled is not False} | _with_secret(secret))
        found = find(admin, access) or {}
    wrong = _differences(found, access, seconds)
    if enabled is not None and found["enabled"] is not enabled:
        wrong.append("enabled")
    if wrong:
        admin.update_client(found["id"], _mended(found, access, seconds, enabled))
    return made, wrong


def _with_secret(secret: str | None) -> Representation:
    return {"secret": secret} if secret else {}


def _create(admin: "KeycloakAdmin", representation: Representation) -> bool:
    try:
        admin.create_client(representation)
    except KeycloakPostError as error:
        if error.response_code != _CONFLICT:  # another operator was quicker
            raise
        return False
    return True


def faults(admin: "KeycloakAdmin", access: Access) -> tuple[bool | None, list[str]]:
    """Whether the client may sign in (None: there is no client), and what of it is wrong."""
    found = find(admin, access)
    if found is None:
        return None, []
    return bool(found["enabled"]), _differences(found, access, TOKEN_SECONDS)


def _differences(found: Representation, access: Access, seconds: int) -> list[str]:
    wanted = access.client(seconds)
    plain = [name for name in wanted.keys() - {"attributes", "protocolMappers"} if found.get(name) != wanted[name]]
    stored = found.get("attributes", {})
    other = {name for name, value in wanted["attributes"].items() if stored.get(name) != value}
    if 0 < int(stored.get("access.token.lifespan") or 0) <= seconds:
        other.discard("access.token.lifespan")
    mappers = {mapper["name"]: mapper["config"].items() for mapper in found.get("protocolMappers", [])}
    audiences = [
        mapper["name"]
        for mapper in wanted["protocolMappers"]
        if not mapper["config"].items() <= mappers.get(mapper["name"], {}.items())
    ]
    return sorted(plain) + sorted(other) + audiences


def _mended(found: Representation, access: Access, seconds: int, enabled: bool | None) -> Representation:
    wanted = access.client(seconds)
    mappers = {mapper["name"]: mapper for mapper in found.get("protocolMappers", [])}
    for mapper in wanted["protocolMappers"]:
        mappers[mapper["name"]] = {**mappers.get(mapper["name"], {}), **mapper}
    return {
        **found,
        **wanted,
        "enabled": found["enabled"] if enabled is None else enabled,
        "attributes": {**found.get("attributes", {}), **wanted["attributes"]},
        "protocolMappers": list(mappers.values()),
    }


def disable(admin: "KeycloakAdmin", access: Access) -> bool:
    """From now on the agency's system gets no token; False: it was not before, or there is no client."""
    found = find(admin, access)
    if found is None or not found["enabled"]:
        return False
    admin.update_client(found["id"], {"clientId": access.client_id, "enabled": False})
    return True


def secret(admin: "KeycloakAdmin", access: Access) -> str:
    """The client's secret. KeycloakError: there is no such client."""
    return str(admin.get_client_secrets(_id(admin, access))["value"])


def renew_secret(admin: "KeycloakAdmin", access: Access) -> str:
    """A new secret; the one before is good no more. KeycloakError: there is no such client."""
    return str(admin.generate_client_secrets(_id(admin, access))["value"])


def _id(admin: "KeycloakAdmin", access: Access) -> str:
    return str(admin.get_client_id(access.client_id))


def all_codes(admin: "KeycloakAdmin") -> dict[str, bool]:
    """Agencies that have a client, and whether it may sign in."""
    return {
        str(client["clientId"]).removeprefix("agency-"): bool(client["enabled"])
        for client in admin.get_clients()
        if str(client["clientId"]).startswith("agency-")
    }
