"""The clients of the realm and their claims: services, operators, people, staff pages."""

from agency_access.access import TOKEN_SECONDS as AGENCY_TOKEN_SECONDS
from agency_access.access import Representation, audience_mapper, mapper

from local_stack.realm_declared import declaration, token_seconds
from local_stack.state import State, secret

SERVICE_ROLE = "service"
CLAIMS_SCOPE = "nrm-claims"
ATTRIBUTES = ("agency", "office")


def agency_token_seconds() -> int:
    """How long a token of an agency's system lives."""
    return min(AGENCY_TOKEN_SECONDS, token_seconds())


def claims_scope() -> Representation:
    """What every token states: agency, office and roles."""
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


def clients(state: State) -> list[tuple[Representation, str, tuple[str, ...]]]:
    """Every client but agencies' systems, with its agency ("" for people's own) and its audiences."""
    declared = declaration()
    own: list[tuple[str, str, tuple[str, ...]]] = [(name, name, ("nrm-api", "kafka")) for name in declared["services"]]
    own += [(name, "himaya", ("kafka",)) for name in (declared["bus_reader"], declared["provisioning"])]
    own += [(name, "", ("nrm-api",)) for name in (declared["player"], declared["command_line"])]
    found = [(_client(state, *client), client[1], client[2]) for client in own]
    return [*found, *((_pages_client(state, name), "", ()) for name in declared["pages"])]


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
