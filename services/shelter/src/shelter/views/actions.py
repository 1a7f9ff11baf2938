"""What can be done with an object, or the code of the reason why not."""

from collections.abc import Collection, Mapping

from casework import access, answers
from casework.answers import ActionAnswer
from casework.bases import Basis
from chassis.machine import Possible
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork


def possible(
    uow: UnitOfWork, listed: Collection[Possible], own: Collection[Basis], *, rights: Mapping[str, str] | None = None
) -> list[ActionAnswer]:
    """The actions that the role has at all. Where the state allows one, the agency's bases must give it too.

    `rights` maps an action of the machine to its action in the rights table where the two differ.
    """
    names, role_has = rights or {}, may(uow.rights, uow.actor)
    return answers.actions(
        _by_basis(action, gives=access.gives(uow, names.get(action.action, action.action), own))
        for action in listed
        if names.get(action.action, action.action) in role_has
    )


def _by_basis(action: Possible, *, gives: bool) -> Possible:
    if gives or (action.reason or "").startswith("state_is_"):
        return action
    return Possible(action.action, False, "not_for_this_basis")


def of_others(uow: UnitOfWork, owners: Mapping[str, Collection[str | None]]) -> dict[str, str]:
    """The actions that are for another agency to do; `owners` are those who may, by action."""
    return {
        action: "belongs_to_another_agency" for action, agencies in owners.items() if uow.actor.agency not in agencies
    }
