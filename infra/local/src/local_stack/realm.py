"""The Keycloak realm as code: `realm.yaml` applied over the admin API, idempotently."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import yaml
from agency_access.access import TOKEN_SECONDS as AGENCY_TOKEN_SECONDS
from agency_access.access import Representation, audience_mapper, mapper
from nrm_events.taking_part import AGENCY_ROLE

from local_stack import bus, delegation
from local_stack.children import fingerprint
from local_stack.keycloak_server import ADMIN, REALM, base
from local_stack.names import DECLARATIONS
from local_stack.state import State, secret

if TYPE_CHECKING:
    from keycloak import KeycloakAdmin

DECLARATION = DECLARATIONS / "keycloak" / "realm.yaml"
MASTER = "master"
SERVICE_ROLE = "service"
TOKEN_SECONDS = 300
CLAIMS_SCOPE = "nrm-claims"
ATTRIBUTES = ("agency", "office")
LOCALES = ["az", "en", "ru"]


@dataclass(frozen=True)
class Person:
    """A user of the demo."""

    username: str
    agency: str
    role: str


class Declaration(TypedDict):
    """The content of realm.yaml, where each key is explained."""

    people: Mapping[str, Sequence[str]]
    colleagues: Sequence[str]
    services: Sequence[str]
    pages: Sequence[str]
    sessions: Mapping[str, int]
    command_line: str
    bus_reader: str
    provisioning: str
    guard: Representation
    player: str


def declaration() -> Declaration:
    """The declared realm."""
    declared: Declaration = yaml.safe_load(DECLARATION.read_text())
    return declared


def people() -> list[Person]:
    """All users that the realm declares."""
    declared = declaration()
    found = []
    for role, agencies in declared["people"].items():
        for agency in agencies:
            found.append(Person(f"{agency}.{role}", agency, role))
            if role in declared["colleagues"]:
                found.append(Person(f"{agency}.{role}-2", agency, role))
    return found


def token_seconds() -> int:
    """How long an access token lives; tests may want short ones (NRM_TOKEN_SECONDS)."""
    return int(os.environ.get("NRM_TOKEN_SECONDS") or TOKEN_SECONDS)


def wanted(state: State) -> str:
    """Fingerprint of the realm as declared, here and in `realm.yaml`."""
    agencies = [access.client(_agency_token_seconds()) for access in bus.agencies(bus.declared())]
    clients = [_client(state, *client) for client in _clients()]
    pages = [_pages_client(state, name) for name in declaration()["pages"]]
    return fingerprint([declaration(), _realm(), _claims_scope(), clients, pages, agencies])


def _agency_token_seconds() -> int:
    return min(AGENCY_TOKEN_SECONDS, token_seconds())


def _realm() -> Representation:
    return {
        "realm": REALM,
        "enabled": True,
        "displayName": "Himayə",
        "accessTokenLifespan": token_seconds(),
        "ssoSessionIdleTimeout": declaration()["sessions"]["idle"],
        "ssoSessionMaxLifespan": declaration()["sessions"]["longest"],
        "internationalizationEnabled": True,
        "supportedLocales": LOCALES,
        "defaultLocale": LOCALES[0],
        "registrationAllowed": False,
        "adminPermissionsEnabled": True,
        **declaration()["guard"],
    }


def _claims_scope() -> Representation:
    mappers = [
        mapper(
            name,
            "oidc-usermodel-attribute-mapper",
            {"user.attribute": name, "claim.name": name, "jsonType.label": "String"},
        )
        for name in ATTRIBUTES
    ]
    roles = {"claim.name": "roles", "multivalued": "true", "jsonType.label": "String"}
    return {
        "name": CLAIMS_SCOPE,
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false"},
        "protocolMappers": [*mappers, mapper("roles", "oidc-usermodel-realm-role-mapper", roles)],
    }


def _clients() -> list[tuple[str, str, tuple[str, ...]]]:
    """Client id, agency ("" for people's own) and audiences of every client but agencies' systems."""
    declared = declaration()
    services = [(name, name, ("nrm-api", "kafka")) for name in declared["services"]]
    operators = [(name, "himaya", ("kafka",)) for name in (declared["bus_reader"], declared["provisioning"])]
    people = [(name, "", ("nrm-api",)) for name in (declared["player"], declared["command_line"])]
    return [*services, *operators, *people]


def _client(state: State, client_id: str, agency: str, audiences: tuple[str, ...]) -> Representation:
    representation: Representation = {
        "clientId": client_id,
        "protocol": "openid-connect",
        "enabled": True,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": client_id == declaration()["player"],
        "attributes": {
            "oauth2.device.authorization.grant.enabled": str(client_id == declaration()["command_line"]).lower()
        },
        "publicClient": not agency,
        "serviceAccountsEnabled": bool(agency),
        "protocolMappers": [audience_mapper(audience) for audience in audiences],
    }
    if agency:
        representation["secret"] = secret(state, "clients", client_id)
    return representation


def pages_client(service: str) -> str:
    """The client of a service's staff pages: people sign in through it, and it has no account of its own."""
    return f"{service}-pages"


def pages_address(state: State, service: str) -> str:
    """Where browsers find the staff pages of a service."""
    return f"http://127.0.0.1:{state.ports[service]}"


def _pages_client(state: State, service: str) -> Representation:
    """Authorization code with PKCE alone; the realm notifies the service when a session has ended."""
    address = pages_address(state, service)
    return {
        "clientId": pages_client(service),
        "protocol": "openid-connect",
        "enabled": True,
        "publicClient": False,
        "secret": secret(state, "clients", pages_client(service)),
        "standardFlowEnabled": True,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "redirectUris": [f"{address}/signed-in"],
        "webOrigins": [],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{address}/signed-out",
            "backchannel.logout.url": f"{address}/back-channel-sign-out",
            "backchannel.logout.session.required": "true",
            "oauth2.device.authorization.grant.enabled": "false",
        },
        "protocolMappers": [audience_mapper("nrm-api")],
    }


def apply(state: State) -> None:
    """Apply the declared realm. Existing people and clients keep their ids; nothing is removed."""
    admin = _admin(state)
    admin.update_realm(MASTER, {"realm": MASTER, **declaration()["guard"]})
    if REALM not in {realm["realm"] for realm in admin.get_realms()}:
        admin.create_realm(_realm())
    admin.change_current_realm(REALM)
    admin.update_realm(REALM, _realm())
    _declare_attributes(admin)
    _apply_scope(admin)
    roles = [*declaration()["people"], SERVICE_ROLE, AGENCY_ROLE, delegation.ROLE]
    there = {role["name"] for role in admin.get_realm_roles()}
    for role in roles:
        if role not in there:
            admin.create_realm_role({"name": role})
    by_name = {role["name"]: role for role in admin.get_realm_roles()}
    _take_away_default_roles(admin)
    _apply_clients(state, admin, by_name)
    _apply_agencies(state, admin)
    delegation.apply(admin, _account(admin, declaration()["provisioning"]))
    _apply_people(state, admin, by_name)


def _admin(state: State) -> "KeycloakAdmin":
    from keycloak import KeycloakAdmin

    return KeycloakAdmin(
        server_url=base(state),
        username=ADMIN,
        password=secret(state, "keycloak", ADMIN),
        realm_name=MASTER,
        user_realm_name=MASTER,
        timeout=60,
    )


def _declare_attributes(admin: "KeycloakAdmin") -> None:
    """Only administrators set agency and office: a person cannot move themself to another agency."""
    profile = admin.get_realm_users_profile()
    rest = [attribute for attribute in profile["attributes"] if attribute["name"] not in ATTRIBUTES]
    ours = [{"name": name, "permissions": {"view": ["admin", "user"], "edit": ["admin"]}} for name in ATTRIBUTES]
    admin.update_realm_users_profile({**profile, "attributes": rest + ours})


def _take_away_default_roles(admin: "KeycloakAdmin") -> None:
    """Remove offline tokens and the account console, which Keycloak grants to everybody: only declared roles remain."""
    default = f"default-roles-{REALM}"
    if granted := admin.get_composite_realm_roles_of_role(default):
        admin.remove_composite_realm_roles_to_role(default, granted)


def _apply_scope(admin: "KeycloakAdmin") -> None:
    scope = _claims_scope()
    there = {found["name"]: found for found in admin.get_client_scopes()}
    if CLAIMS_SCOPE not in there:
        admin.create_client_scope(scope)
    else:
        scope_id = there[CLAIMS_SCOPE]["id"]
        admin.update_client_scope(scope_id, {key: value for key, value in scope.items() if key != "protocolMappers"})
        known = {mapper["name"]: mapper["id"] for mapper in there[CLAIMS_SCOPE].get("protocolMappers", [])}
        for mapper in scope["protocolMappers"]:
            if mapper["name"] in known:
                mapper_id = known[mapper["name"]]
                admin.update_mapper_in_client_scope(scope_id, mapper_id, {**mapper, "id": mapper_id})
            else:
                admin.add_mapper_to_client_scope(scope_id, mapper)
    scope_id = next(found["id"] for found in admin.get_client_scopes() if found["name"] == CLAIMS_SCOPE)
    if scope_id not in {found["id"] for found in admin.get_default_default_client_scopes()}:
        admin.add_default_default_client_scope(scope_id)


def _apply_clients(state: State, admin: "KeycloakAdmin", roles: dict[str, Representation]) -> None:
    there = {found["clientId"]: found for found in admin.get_clients()}
    wanted = [(_client(state, *client), *client[1:]) for client in _clients()]
    wanted += [(_pages_client(state, name), "", ()) for name in declaration()["pages"]]
    for representation, agency, audiences in wanted:
        found = there.get(str(representation["clientId"]))
        if found is None:
            internal = admin.create_client(representation)
        else:
            internal = found["id"]
            known = {mapper["name"]: mapper["id"] for mapper in found.get("protocolMappers", [])}
            mappers = [
                {**mapper, "id": known[mapper["name"]]} if mapper["name"] in known else mapper
                for mapper in representation["protocolMappers"]
            ]
            admin.update_client(internal, {**found, **representation, "protocolMappers": mappers})
        if agency:
            account = admin.get_client_service_account_user(internal)
            if account.get("attributes", {}).get("agency") != [agency]:
                admin.update_user(account["id"], {**account, "attributes": {"agency": [agency]}})
            if audiences != ("kafka",):
                admin.assign_realm_roles(account["id"], [roles[SERVICE_ROLE]])


def _account(admin: "KeycloakAdmin", client: str) -> str:
    return str(admin.get_client_service_account_user(str(admin.get_client_id(client)))["id"])


def _apply_agencies(state: State, admin: "KeycloakAdmin") -> None:
    """Make clients of the agencies that are joined from the start. Existing ones keep secret and enabled state."""
    from agency_access import clients

    for access in bus.agencies(bus.declared()):
        own = secret(state, "clients", access.client_id)
        clients.ensure(admin, access, secret=own, seconds=_agency_token_seconds())


def _apply_people(state: State, admin: "KeycloakAdmin", roles: dict[str, Representation]) -> None:
    there = {user["username"]: user for user in admin.get_users({"max": 10_000})}
    for person in people():
        representation = {
            "username": person.username,
            "enabled": True,
            "emailVerified": True,
            "email": f"{person.username}@demo.invalid",
            "firstName": person.role,
            "lastName": person.agency,
            "attributes": {"agency": [person.agency]},
        }
        found = there.get(person.username)
        if found is None:
            password = secret(state, "people", person.username)
            credential = {"type": "password", "value": password, "temporary": False}
            user_id = admin.create_user({**representation, "credentials": [credential]})
            admin.assign_realm_roles(user_id, [roles[person.role]])
            continue
        if any(found.get(key) != value for key, value in representation.items()):
            admin.update_user(found["id"], {**found, **representation})
        granted = {role["name"] for role in admin.get_realm_roles_of_user(found["id"])}
        if person.role not in granted:
            admin.assign_realm_roles(found["id"], [roles[person.role]])
