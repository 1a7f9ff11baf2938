"""The Keycloak realm as code: `realm.yaml` applied over the admin API, idempotently."""

from typing import TYPE_CHECKING

from agency_access.access import Representation
from nrm_events.taking_part import AGENCY_ROLE

from local_stack import bus, delegation, second_factor, theme
from local_stack.children import fingerprint
from local_stack.keycloak_server import ADMIN, REALM, base
from local_stack.realm_clients import (
    ATTRIBUTES,
    CLAIMS_SCOPE,
    SERVICE_ROLE,
    agency_token_seconds,
    claims_scope,
    clients,
)
from local_stack.realm_declared import Person, declaration, people, token_seconds
from local_stack.state import State, secret

if TYPE_CHECKING:
    from keycloak import KeycloakAdmin

MASTER = "master"
LOCALES = list(theme.LANGUAGES)


def wanted(state: State) -> str:
    """Fingerprint of the realm as declared, here and in `realm.yaml`."""
    agencies = [access.client(agency_token_seconds()) for access in bus.agencies(bus.declared())]
    return fingerprint([declaration(), _realm(state), claims_scope(), clients(state), agencies, second_factor.FLOWS])


def _realm(state: State) -> Representation:
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
        "loginTheme": theme.NAME,
        "registrationAllowed": False,
        "adminPermissionsEnabled": True,
        **second_factor.policy(state),
        **declaration()["guard"],
    }


def apply(state: State) -> None:
    """Apply the declared realm. Existing people and clients keep their ids; nothing is removed."""
    admin = _admin(state)
    admin.update_realm(MASTER, {"realm": MASTER, **declaration()["guard"]})
    if REALM not in {realm["realm"] for realm in admin.get_realms()}:
        admin.create_realm(_realm(state))
    admin.change_current_realm(REALM)
    admin.update_realm(REALM, _realm(state))
    _declare_attributes(admin)
    _apply_scope(admin)
    roles = [*declaration()["people"], SERVICE_ROLE, AGENCY_ROLE, delegation.ROLE, second_factor.ROLE]
    there = {role["name"] for role in admin.get_realm_roles()}
    for role in roles:
        if role not in there:
            admin.create_realm_role({"name": role})
    by_name = {role["name"]: role for role in admin.get_realm_roles()}
    _take_away_default_roles(admin)
    _apply_clients(state, admin, by_name)
    second_factor.apply(admin, by_name)
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
    scope = claims_scope()
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
    for representation, agency, audiences in clients(state):
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
    from agency_access.clients import ensure

    for access in bus.agencies(bus.declared()):
        own = secret(state, "clients", access.client_id)
        ensure(admin, access, secret=own, seconds=agency_token_seconds())


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
            _seed(state, admin, person, user_id)
            continue
        if any(found.get(key) != value for key, value in representation.items()):
            admin.update_user(found["id"], {**found, **representation})
        granted = {role["name"] for role in admin.get_realm_roles_of_user(found["id"])}
        if person.role not in granted:
            admin.assign_realm_roles(found["id"], [roles[person.role]])
        _seed(state, admin, person, found["id"])


def _seed(state: State, admin: "KeycloakAdmin", person: Person, user_id: str) -> None:
    """A second factor for whose role needs one and who has none; what somebody set up stays."""
    needed = person.role in declaration()["second_factor"]
    if needed and "otp" not in {credential["type"] for credential in admin.get_credentials(user_id)}:
        seeded = second_factor.seed(state, person.username)
        admin.update_user(user_id, {**admin.get_user(user_id), "credentials": [seeded]})
