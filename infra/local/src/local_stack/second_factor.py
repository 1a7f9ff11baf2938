"""The second factor at sign-in: who needs a code, and the seeds of the demo's people (ADR 36)."""

import json
from typing import TYPE_CHECKING, Any

from agency_access.access import Representation

from local_stack.codes import DIGITS, KIND, PERIOD
from local_stack.keycloak_server import REALM
from local_stack.realm_declared import declaration
from local_stack.state import State, secret

if TYPE_CHECKING:
    from keycloak import KeycloakAdmin

ROLE = "second-factor"
"""Who has it needs a code; the declared roles contain it."""
BROWSER = "people"
DIRECT = "password-alone"

Step = tuple[str, str]
"""What is done there, by Keycloak's name of it, and whether it must be."""

# What is in use cannot be changed step by step without opening it meanwhile: another shape gets another name.
FLOWS: dict[str, tuple[Step, ...]] = {
    BROWSER: (("auth-cookie", "ALTERNATIVE"), ("people-forms", "ALTERNATIVE")),
    "people-forms": (("auth-username-password-form", "REQUIRED"), ("people-code", "CONDITIONAL")),
    "people-code": (("conditional-user-role", "REQUIRED"), ("auth-otp-form", "REQUIRED")),
    DIRECT: (("direct-grant-validate-username", "REQUIRED"), ("direct-grant-validate-password", "REQUIRED")),
}


def policy(state: State) -> Representation:
    """The realm's rules of a code. It is good once, and in a stack for tests as often as they sign in."""
    return {
        "otpPolicyType": "totp",
        "otpPolicyAlgorithm": "HmacSHA1",
        "otpPolicyDigits": DIGITS,
        "otpPolicyPeriod": PERIOD,
        "otpPolicyLookAheadWindow": 1,
        "otpPolicyCodeReusable": state.is_for_tests,
    }


def apply(admin: "KeycloakAdmin", roles: dict[str, Representation]) -> None:
    """Demand a code of the declared roles in browsers; only the demo's player signs people in without one."""
    for role in declaration()["people"]:
        _hold(admin, roles, role)
    there = {flow["alias"]: flow["id"] for flow in admin.get_authentication_flows()}
    for flow in (BROWSER, DIRECT):
        if flow in there and _steps(admin, flow) != _declared(flow):  # an apply was cut off; it was not in use yet
            admin.delete_authentication_flow(there.pop(flow))
        if flow not in there:
            admin.create_authentication_flow(_flow(flow) | {"topLevel": True, "builtIn": False})
            _fill(admin, flow)
    by_alias = {flow["alias"]: flow["id"] for flow in admin.get_authentication_flows()}
    admin.update_realm(REALM, {"browserFlow": BROWSER})
    player = str(admin.get_client_id(declaration()["player"]))
    overrides = {"direct_grant": by_alias[DIRECT]}
    admin.update_client(player, {**admin.get_client(player), "authenticationFlowBindingOverrides": overrides})


def _hold(admin: "KeycloakAdmin", roles: dict[str, Representation], role: str) -> None:
    """Give the role to a declared role, and take it from one that no longer is."""
    holds = ROLE in {held["name"] for held in admin.get_composite_realm_roles_of_role(role)}
    if role in declaration()["second_factor"] and not holds:
        admin.add_composite_realm_roles_to_role(role, [roles[ROLE]])
    if role not in declaration()["second_factor"] and holds:
        admin.remove_composite_realm_roles_to_role(role, [roles[ROLE]])


def _flow(alias: str) -> Representation:
    return {"alias": alias, "providerId": "basic-flow"}


def _fill(admin: "KeycloakAdmin", flow: str) -> None:
    for name, needed in FLOWS[flow]:
        if name in FLOWS:
            admin.create_authentication_flow_subflow(_flow(name) | {"type": "basic-flow"}, flow)
        else:
            admin.create_authentication_flow_execution({"provider": name}, flow)
        made = _last(admin, flow)
        admin.update_authentication_flow_executions({**made, "requirement": needed}, flow)
        if name == "conditional-user-role":
            named = {"alias": ROLE, "config": {"condUserRole": ROLE, "negate": "false"}}
            admin.create_execution_config(made["id"], named)
        if name in FLOWS:
            _fill(admin, name)


def _declared(flow: str) -> list[Step]:
    return [one for step in FLOWS[flow] for one in (step, *(_declared(step[0]) if step[0] in FLOWS else ()))]


def _steps(admin: "KeycloakAdmin", flow: str) -> list[Step]:
    found = admin.get_authentication_flow_executions(flow)
    return [(step.get("providerId") or step["displayName"], step["requirement"]) for step in found]


def _last(admin: "KeycloakAdmin", flow: str) -> dict[str, Any]:
    """The step that was added last to a flow itself."""
    steps: list[dict[str, Any]] = admin.get_authentication_flow_executions(flow)
    return [step for step in steps if step["level"] == 0][-1]


def seed(state: State, username: str) -> Representation:
    """The credential of one of the demo's people, whose secret stays in the state folder."""
    how = {"subType": "totp", "digits": DIGITS, "counter": 0, "period": PERIOD, "algorithm": "HmacSHA1"}
    return {
        "type": "otp",
        "userLabel": "demo",
        "secretData": json.dumps({"value": secret(state, KIND, username)}),
        "credentialData": json.dumps(how),
    }
