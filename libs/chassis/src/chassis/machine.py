"""State machines as one table each. Pure: a domain may use it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from chassis.errors import NotPossible


@dataclass(frozen=True)
class Possible:
    """One action on an object: allowed now, or the code of the reason why not."""

    action: str
    allowed: bool
    reason: str | None = None


@dataclass(frozen=True)
class Machine:
    """`transitions` maps (state, action) to the next state; what is not in it is not possible."""

    name: str
    start: str
    transitions: Mapping[tuple[str, str], str]

    @property
    def states(self) -> tuple[str, ...]:
        found = [self.start, *(state for state, _ in self.transitions), *self.transitions.values()]
        return tuple(dict.fromkeys(found))

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(action for _, action in self.transitions))

    def after(self, state: str, action: str) -> str:
        """The state that follows; NotPossible `not_possible_in_state` names what would be possible instead."""
        try:
            return self.transitions[state, action]
        except KeyError:
            raise NotPossible(
                "not_possible_in_state",
                f"A {self.name} that is {state} cannot be changed by {action}.",
                facts={"state": state, "action": action, "possible": self.possible_in(state)},
            ) from None

    def possible_in(self, state: str) -> list[str]:
        return [action for start, action in self.transitions if start == state]

    def list_actions(
        self, state: str, refused: Mapping[str, str] | None = None, may: Collection[str] | None = None
    ) -> list[Possible]:
        """Every action with the reason why it is not possible now; those outside `may` (rights) are left out.

        `refused` maps an action that the state would allow to the code of the rule that forbids it.
        """
        refused = refused or {}
        return [
            self._possible(state, action, refused.get(action))
            for action in self.actions
            if may is None or action in may
        ]

    def _possible(self, state: str, action: str, refusal: str | None) -> Possible:
        if (state, action) not in self.transitions:
            return Possible(action, False, f"state_is_{state}")
        return Possible(action, refusal is None, refusal)

    def table(self) -> Iterable[tuple[str, str, str | None]]:
        """Every state × action with the state after it, or None: what a test walks through."""
        return ((s, a, self.transitions.get((s, a))) for s, a in product(self.states, self.actions))
