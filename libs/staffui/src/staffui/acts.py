"""What can be done with an object now, by group, and what cannot and why (C9)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from staffui import words_of
from staffui.asking import asks_only_when, is_versioned, questions
from staffui.cells import is_final
from staffui.commands_of import Act as Command
from staffui.pages import Object
from staffui.questions import Question
from staffui.view import Act, Impossible
from staffui.visit import Visit

_NOT_HERE = "not_for_this_basis"
"""Nothing that the viewer could wait for."""
_IN_PATH = re.compile(r"\{([a-z_]+)\}")


def state_of(answer: Mapping[str, Any]) -> str:
    """The state by either of its names; empty where the viewer is not shown it."""
    return str(answer.get("state") or answer.get("status") or "")


def possible(visit: Visit, page: Object, ids: Mapping[str, str], answer: Mapping[str, Any]) -> Iterator[Act]:
    """A button for what is allowed and has a form; what needs only a time is done by one click."""
    allowed = _allowed(visit, page, answer)
    for group, actions in _grouped(page, allowed):
        title = visit.text(f"group.{group}") if group else ""
        drawn = (_act(visit, page, action, ids=ids, answer=answer) for action in actions)
        yield from (replace(act, group=title) for act in drawn if act)


def _grouped(page: Object, allowed: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """The groups in the order of their declaration; what is in none comes last, the grave ones at its end."""
    for group, of in page.groups.items():
        yield group, [action for action in of if action in allowed]
    in_groups = {action for of in page.groups.values() for action in of}
    others = [action for action in allowed if action not in in_groups]
    yield "other" if page.groups else "", sorted(others, key=lambda action: action in page.grave)


def _act(visit: Visit, page: Object, action: str, *, ids: Mapping[str, str], answer: Mapping[str, Any]) -> Act | None:
    words = words_of.act(visit.language, page.words, action)
    if action in page.elsewhere:
        href = page.elsewhere[action].format(**ids)
        return Act(words, href) if href else None
    command = visit.site.acts[page.path].get(action)
    if command is None or not has_form(page, action, command):
        return None
    href = f"{page.path.format(**ids)}/{action}"
    form = page.form(action)
    by_hand = form.beside or form.lines or form.makes or form.model or asked_in_path(page, command)
    one_click = asks_only_when(command.command, form.given.keys()) and action not in page.grave and not by_hand
    return Act(
        words,
        href,
        post=href if one_click else None,
        key=str(uuid4()),
        version=answer.get("version") if is_versioned(command.command) else None,
        grave=action in page.grave,
        later="happened_at" in command.command.model_fields,
    )


def has_form(page: Object, action: str, command: Command) -> bool:
    """Whether a form can be made of the command, or is made by hand."""
    if page.form(action).makes:
        return True
    asked = questions_of(page, action, command)
    return asked is not None and chosen_fields(page, action) >= set(asked_in_path(page, command))


def questions_of(page: Object, action: str, command: Command) -> list[Question] | None:
    """The questions of an act on an object; None where no form can be made."""
    form = page.form(action)
    return questions(form.model or command.command, chosen_fields(page, action), form.given.keys())


def asked_in_path(page: Object, command: Command) -> Sequence[str]:
    """Ids in the address of a command that the object's own address has not."""
    return [name for name in ids_in(command.api) if name not in ids_in(page.api)]


def ids_in(api: str) -> Sequence[str]:
    """The names of the ids in an address."""
    return _IN_PATH.findall(api)


def chosen_fields(page: Object, action: str) -> frozenset[str]:
    return frozenset(name for of, name in page.choices if of == action)


def _allowed(visit: Visit, page: Object, answer: Mapping[str, Any]) -> list[str]:
    if page.machine is None:
        return [name for name, act in visit.site.acts[page.path].items() if visit.site.may_do(act.action, visit.roles)]
    return [one["action"] for one in _listed(page, answer) if one["allowed"]]


def _listed(page: Object, answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the answer lists of the acts of this page."""
    found = answer.get("actions") or []
    yield from (one for one in found if page.only is None or one["action"] in page.only)


def impossible(visit: Visit, page: Object, answer: Mapping[str, Any]) -> list[Impossible]:
    machine = page.words
    if page.by_events:
        return []
    return [
        Impossible(
            words_of.act(visit.language, machine, one["action"]),
            words_of.reason(visit.language, machine, one["reason"] or "not_possible_in_state"),
        )
        for one in _listed(page, answer)
        if not one["allowed"] and _is_to_come(page, state_of(answer), one)
    ]


def _is_to_come(page: Object, state: str, one: Mapping[str, Any]) -> bool:
    """Whether the act can still become possible: what this object can never do any more is left out.

    An act that no transition has waits for a rule, and is possible once the rule lets it.
    """
    transitions = page.machine.transitions if page.machine else {}
    wanted = {start for start, of in transitions if of == one["action"]}
    if not wanted:
        return one["reason"] != _NOT_HERE and not is_final(page.machine, state)
    reached, grown = {state}, True
    while grown and not reached & wanted:
        after = {to for (start, _), to in transitions.items() if start in reached}
        grown = not after <= reached
        reached |= after
    return bool(reached & wanted) and one["reason"] != _NOT_HERE
