"""Objects of the API: their facts, acts, papers and past."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chassis.machine import Machine
from pydantic import BaseModel

from staffui.ask import Answer
from staffui.catalogue import Language
from staffui.pages.fields import Facts, Shown
from staffui.pages.forms import PLAIN, Choices, Form
from staffui.pages.lists import Part
from staffui.view import Acknowledgements, Hand, Link

if TYPE_CHECKING:
    from staffui.visit import Visit

Ways = Callable[["Visit", Answer], Sequence[Link]]
"""Pages on which the work of an object is done."""


@dataclass(frozen=True)
class Paper:
    """A paper about an object: a page of its own and the same as PDF, in each language.

    It is the last step of the object's address. What the API makes out for it there comes after a button, because each
    time is recorded; a paper `of_object` shows the object's own answer, to whom the object is shown.
    `when` states whether the object can have one, `dated` the moment in the answer from which it holds.
    """

    step: str
    key: str
    shape: type[BaseModel]
    dated: Callable[[Answer], str]
    cards: Sequence[Facts] = ()
    tables: Mapping[str, Facts] = field(default_factory=dict)
    sentences: Sequence[str] = ()
    """Keys of what stands above the cards."""
    points: Sequence[str] = ()
    """Keys of the points of a list."""
    signed: Sequence[str] = ()
    """Keys of what stands before the lines for signatures."""
    text: str = ""
    """A field of the answer with its wording by language."""
    when: Callable[[Answer], bool] = bool
    of_object: bool = False
    for_strangers: bool = False
    """Neither the platform nor the case nor who printed it stands on it (NO-1)."""


@dataclass(frozen=True)
class Object:
    """An object of the API: reference and state, clocks, what can be done, facts, past.

    `way` are the states that it usually goes through. Without a `machine` it has no state, and every act that the
    role may do is possible. `tables` show fields that are lists.
    `choices` are for ids in the forms of its acts, by action and field; also for ids in a command's address.
    `grave` acts have a page of their own and never by one click. `groups` put acts together under a title; `only` are
    the acts of a page that shows a part of the object. `elsewhere` are acts that begin on another page, `""` where
    that page is no button of its own. `parts` are pages of parts, key and address.
    """

    path: str
    api: str
    shape: type[BaseModel]
    machine: Machine | None
    back: str
    way: Sequence[str] = ()
    person: Sequence[Shown] = ()
    cards: Sequence[Facts] = ()
    tables: Mapping[str, Facts] = field(default_factory=dict)
    has_past: bool = True
    choices: Mapping[tuple[str, str], Choices] = field(default_factory=dict)
    grave: Sequence[str] = ()
    sent_to: Mapping[str, str] = field(default_factory=dict)
    """Last steps of the command's address, where it is deeper or one right is for several commands."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    """By action, where a form has more than its command states."""
    parts_by_act: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Pages of `parts` that are for acts: they are links where one of the acts is possible."""
    papers: Sequence[Paper] = ()
    suffix: str = ""
    """What the rights table adds to the machine's actions, such as `_permit`."""
    related: Sequence["Part"] = ()
    """Lists about the same; their queries may name fields of this object, such as `{case_id}`."""
    titled: Shown | None = None
    """What names it; without one its case reference does."""
    by_code: bool = False
    """Its address has a code and no id."""
    ways: Ways | None = None
    by_events: bool = False
    """Nobody acts on it here: what cannot be done is not listed."""
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only: Sequence[str] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    part: str | None = None
    """Key of the title where the page shows a part of the object; `back` is then the object's page."""
    acknowledged: Callable[[Language, Answer], Sequence[Acknowledgements]] | None = None
    hands: Callable[[Language, Answer], Sequence[Hand]] | None = None
    """The persons that a decision takes, each for one part (C13)."""

    def form(self, action: str) -> Form:
        return self.forms.get(action, PLAIN)

    @property
    def words(self) -> str:
        """How the keys of its acts and states begin."""
        return self.machine.name if self.machine else self.path.strip("/").split("/")[0]
