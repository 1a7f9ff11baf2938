"""Which commands of the API belong to an object, found in the routes themselves. No page lists them a second time."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.rights import Rights
from chassis.service import Service
from fastapi.routing import APIRoute
from pydantic import BaseModel


@dataclass(frozen=True)
class Act:
    """A command on an object: what it is in the rights table, where it is sent, and its model."""

    action: str
    api: str
    command: type[BaseModel]


def acts_on(service: Service, api: str, sent_to: Mapping[str, str], suffix: str = "") -> Mapping[str, Act]:
    """The commands one step below the object's address, by action without the suffix of its right."""
    below = [act for act in map(_act, _routes(service)) if act and act.api.rpartition("/")[0] == api]
    named = {action: act_at(service, f"{api}/{step}") for action, step in sent_to.items()}
    return {act.action.removesuffix(suffix): act for act in below} | named


def _act(route: APIRoute) -> Act | None:
    of = route.body_field.field_info.annotation if route.body_field else None
    if "POST" not in (route.methods or ()) or not (isinstance(of, type) and issubclass(of, BaseModel)):
        return None
    return Act(action_of(route), route.path, of)


def action_at(service: Service, api: str, method: str = "GET") -> str:
    """What the API's address is in the rights table; LookupError where there is none."""
    for route in _routes(service):
        if route.path == api and method in (route.methods or ()):
            return action_of(route)
    raise LookupError(f"the API has no {method} {api}")


def takes(service: Service, api: str) -> frozenset[str]:
    """The names of the query parameters of the API's address."""
    routes = (route for route in _routes(service) if route.path == api and "GET" in (route.methods or ()))
    names: set[str] = set()
    for parameter in (one for route in routes for one in route.dependant.query_params):
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= {of.alias or name for name, of in model.model_fields.items()}
        else:
            names.add(parameter.alias)
    return frozenset(names)


def act_at(service: Service, api: str) -> Act:
    """The command at an address; LookupError where there is none."""
    found = next((act for act in map(_act, _routes(service)) if act and act.api == api), None)
    if found is None:
        raise LookupError(f"the API has no POST {api}")
    return found


def action_of(route: APIRoute) -> str:
    return str((route.openapi_extra or {}).get("x-action", route.name))


def _routes(service: Service) -> list[APIRoute]:
    routers = service.every_router
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def is_open_to(rights: Rights, action: str, roles: frozenset[str]) -> bool:
    """Whether one of these roles has the right at all; the basis is seen only with an object."""
    return bool(roles & rights.get(action, {}).keys())
