"""What can be done with an object, or the code of the reason why not."""

from collections.abc import Collection, Mapping

from casework import access
from casework.bases import Basis
from chassis import answers
from chassis.answers import ActionAnswer
from chassis.machine import Possible
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork


def possible(
    uow: UnitOfWork, listed: Collection[Possible], held: Collection[Basis], *, rights: Mapping[str, str] | None = None
) -> list[ActionAnswer]:
    """The actions that the role has at all; one that the agency's bases do not give has the reason for that.

    `rights` maps an action of the machine to its action in the rights table where the two differ.
    """
    names, role_has = rights or {}, may(uow.rights, uow.actor)
    return answers.actions(
        action
        if access.gives(uow, names.get(action.action, action.action), held)
        else Possible(action.action, False, "not_for_this_basis")
        for action in listed
        if names.get(action.action, action.action) in role_has
    )


def of_others(uow: UnitOfWork, owners: Mapping[str, Collection[str | None]]) -> dict[str, str]:
    """The actions that are for another agency to do; `owners` are those who may, by action."""
    return {
        action: "belongs_to_another_agency" for action, agencies in owners.items() if uow.actor.agency not in agencies
    }
