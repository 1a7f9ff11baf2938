"""What the client that joins agencies may do in Keycloak: view and manage agencies' clients, and nothing else.

Keycloak's fine-grained permissions know no prefix of a name. So one permission opens all clients, and a second one,
which goes first, closes each client that is no agency's; it is written anew whenever the realm is applied.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nrm_events.taking_part import AGENCY_CLIENT

if TYPE_CHECKING:
    from keycloak import KeycloakAdmin

ROLE = "joins-agencies"
FINDS_CLIENTS = "query-clients"  # opens the list, which then has what the permissions open
_PERMISSIONS_CLIENT = "admin-permissions"
_MAY, _MAY_NOT = "joins agencies", "does not join agencies"
_OPEN, _CLOSED = "agencies' clients", "all other clients"


def apply(admin: "KeycloakAdmin", account: str) -> None:
    """Give the service account `account` these rights, and take away what it had beyond them."""
    rules = str(admin.get_client_id(_PERMISSIONS_CLIENT))
    role = admin.get_realm_role(ROLE)
    admin.assign_realm_roles(account, [role])
    _exactly(admin, account, [FINDS_CLIENTS])
    policies = {policy["name"] for policy in admin.get_client_authz_policies(rules)}
    for name, logic in ((_MAY, "POSITIVE"), (_MAY_NOT, "NEGATIVE")):
        if name not in policies:
            who = {"name": name, "logic": logic, "roles": [{"id": role["id"], "required": True}]}
            admin.create_client_authz_role_based_policy(rules, who)
    others = [client["id"] for client in admin.get_clients() if not client["clientId"].startswith(AGENCY_CLIENT)]
    _permit(admin, rules, _CLOSED, {"policies": [_MAY_NOT], "resources": others})
    _permit(admin, rules, _OPEN, {"policies": [_MAY]})


def _exactly(admin: "KeycloakAdmin", account: str, names: Sequence[str]) -> None:
    management = str(admin.get_client_id("realm-management"))
    there = admin.get_client_roles_of_user(account, management)
    if surplus := [role for role in there if role["name"] not in names]:
        admin.delete_client_roles_of_user(account, management, surplus)
    admin.assign_client_role(account, management, [admin.get_client_role(management, name) for name in names])


def _permit(admin: "KeycloakAdmin", rules: str, name: str, what: dict[str, list[str]]) -> None:
    permission = {"name": name, "resourceType": "Clients", "scopes": ["view", "manage"], **what}
    found = [there["id"] for there in admin.get_client_authz_permissions(rules) if there["name"] == name]
    if found:
        admin.update_client_authz_scope_permission({"id": found[0], **permission}, rules, found[0])
    else:
        admin.create_client_authz_scope_permission(permission, rules)
