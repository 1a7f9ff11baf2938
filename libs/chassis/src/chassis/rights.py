"""Rights are one table per service: action → role → cell; the default is no.

A cell is a scope or, for an action on a case, the bases that it needs (casework.bases). Scopes: `agency` = rows of
the own agency; `all` = every row, for roles that see no identity; `none` = no case in it. The checks, the documentation
and the test over every action × every role × every basis are made from the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from chassis.actor import Actor
from chassis.errors import Forbidden

Rights = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Allowed:
    """The dependency of an endpoint: the actor, in the role that gives the right, or Forbidden."""

    action: str

    async def __call__(self, request: Request) -> Actor:
        return self.check(request)

    def check(self, request: Request) -> Actor:
        """Without a statement, so that it can come before everything else."""
        actor: Actor = request.state.actor
        found = self.role_of(actor, request.app.state.rights)
        if found is None:
            raise Forbidden(self.action)
        request.state.actor = actor.acting_as(*found)
        return actor.acting_as(*found)

    def role_of(self, actor: Actor, rights: Rights) -> tuple[str, str] | None:
        """The actor's first role in the table's order, and its scope: `case` where the cell names bases."""
        for role, cell in rights[self.action].items():
            if role in actor.roles:
                return role, cell if isinstance(cell, str) else "case"
        return None


class RouteMarks(TypedDict):
    """What `right` adds to a route."""

    dependencies: list[Dependency]
    openapi_extra: dict[str, object]


def right(action: str) -> RouteMarks:
    """Marks a route with the action it is: `@commands.post("/api/reports", **right("receive_report"))`."""
    return {"dependencies": [Depends(Allowed(action))], "openapi_extra": {"x-action": action}}


async def current_actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


Who = Annotated[Actor, Depends(current_actor)]


def may(rights: Rights, actor: Actor) -> set[str]:
    """The actions that the actor's roles give at all: what an object's answer lists and what it leaves out."""
    return {action for action, roles in rights.items() if actor.roles & roles.keys()}
