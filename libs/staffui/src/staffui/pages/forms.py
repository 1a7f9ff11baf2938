"""What the form of an act has beside what its command states."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from staffui.ask import Answer, Asked
from staffui.catalogue import Language
from staffui.pages.fields import Facts, Shown
from staffui.questions import Question
from staffui.view import ObjectPage, Option, Preview

Choices = Callable[[Asked, Mapping[str, str], Language], Awaitable[Sequence[Option]]]
"""What can be chosen for a field that is an id. The API answers it, for the ids of the address."""
Fields = Callable[[Mapping[str, Any]], Collection[str]]
"""The fields of a form that are questions about an object."""
Typed = Mapping[str, Sequence[str]]
Makes = Callable[[Asked, Mapping[str, str], Language, Typed], Awaitable[Sequence[Question]]]
"""The questions of a form made by hand, for the ids of the address and what was typed before."""
Sends = Callable[[Typed], tuple[str, Mapping[str, Any]]]
"""From what was typed to the address below the object's and the body."""
Previews = Callable[[Asked, Mapping[str, str], Language, Typed], Awaitable[Preview]]
"""What will follow from what was typed. Nothing is saved before the person at the desk has seen exactly that."""
Draws = Callable[[Asked, Mapping[str, str], Language, Answer], Awaitable[ObjectPage]]
"""The page of an answer that is shown once and stored nowhere."""


@dataclass(frozen=True)
class Form:
    """What the form of an act has beside what its command states.

    `given` are answers that follow from the act, `needs` those that this form needs. `asks` names the fields that are
    shown, `beside` the facts of the object that stand beside them, `lines` lists of it with a line for each item.
    A form that is `filled` begins with what is stored.
    `shows` is a field of the answer that the next page shows once, because nothing stores it; `result` are fields of an
    answer of another shape that are all that follows.

    A command that has no form gets one by hand: `model` stands in its place, with aliases that name places in the
    body; or `makes` makes the questions and `sends` the body. `after` is the page that follows, with `{id}` of
    the answer; with `draws` the answer itself is the page, and goes by itself after some minutes. What `previews` shows
    stands above the button before anything is saved.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    needs: Collection[str] = ()
    asks: Fields | None = None
    beside: Sequence[Shown] = ()
    lines: Mapping[str, "Facts"] = field(default_factory=dict)
    filled: bool = False
    choices: Mapping[str, Choices] = field(default_factory=dict)
    shows: str | None = None
    model: type[BaseModel] | None = None
    makes: Makes | None = None
    sends: Sends | None = None
    after: str | None = None
    draws: Draws | None = None
    previews: Previews | None = None
    result: "Facts | None" = None
    result_shape: type[BaseModel] | None = None


PLAIN = Form()
"""What the command states, and nothing else."""


@dataclass(frozen=True)
class Start:
    """An address at which an object of a list begins; `key` is the text of its button.

    `right` is a right that it needs beside the command's own.
    """

    path: str
    key: str
    form: Form = PLAIN
    right: str | None = None
    api: str = ""
    """Where its command is sent, if not to the list."""
