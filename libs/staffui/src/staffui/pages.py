"""Pages as a service declares them: addresses of its API, and fields in their order.

Fields are checked against the answer's model when the service starts, so a page never shows a field that is not there.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from chassis.machine import Machine
from pydantic import BaseModel

from staffui.ask import Answer, Asked
from staffui.catalogue import Language
from staffui.questions import Question
from staffui.view import Acknowledgements, Cell, Link, ObjectPage, Option

if TYPE_CHECKING:
    from staffui.visit import Visit

Kind = Literal["auto", "ref", "tag", "clock", "since", "agency", "money", "link", "word", "case"]
_KINDS: tuple[str, ...] = ("", *get_args(Kind))
Choices = Callable[[Asked, Mapping[str, str], Language], Awaitable[Sequence[Option]]]
"""What can be chosen for a field that is an id. The API answers it, for the ids of the address."""
Fields = Callable[[Mapping[str, Any]], Collection[str]]
"""The fields of a form that are questions about an object."""
Leads = Callable[["Visit", Answer], str | None]
"""The page on which a row's work is done; None where this role opens none."""
Ways = Callable[["Visit", Answer], Sequence[Link]]
"""Pages on which the work of an object is done."""
Typed = Mapping[str, Sequence[str]]
Makes = Callable[[Asked, Mapping[str, str], Language, Typed], Awaitable[Sequence[Question]]]
"""The questions of a form made by hand, for the ids of the address and what was typed before."""
Sends = Callable[[Typed], tuple[str, Mapping[str, Any]]]
"""From what was typed to the address below the object's and the body."""
Draws = Callable[[Asked, Mapping[str, str], Language, Answer], Awaitable[ObjectPage]]
"""The page of an answer that is shown once and stored nowhere."""
Draw = Callable[[Language, datetime, Any], Cell]
"""The cell of a value that its type does not explain: by language, now, and value."""


@dataclass(frozen=True)
class Shown:
    """A field of an answer on a page. `kind` is how it looks where its type does not state it."""

    name: str
    kind: Kind = "auto"
    of: str = ""
    """What the kind needs. A tag has its machine, a clock its kind, a link its address, a word the first part of its
    keys, a case the list that it filters."""
    draw: Draw | None = None


def shown(model: type[BaseModel], names: str, draws: Mapping[str, Draw] | None = None) -> tuple[Shown, ...]:
    """`"case_ref:ref state:tag:stay sex ends_on:clock:stay"`; LookupError for a field that the model lacks.

    `draws` are fields that a function draws.
    """
    found = []
    for word in names.split():
        name, kind, of = (*word.split(":"), "", "")[:3]
        if name not in model.model_fields:
            raise LookupError(f"{model.__name__} has no field {name}")
        if kind not in _KINDS:
            raise LookupError(f"{word}: there is no kind {kind}")
        found.append(Shown(name, kind or "auto", of, (draws or {}).get(name)))  # type: ignore[arg-type]  # checked above
    return tuple(found)


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
    the answer; with `draws` the answer itself is the page, and goes by itself after some minutes.
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


@dataclass(frozen=True)
class Facts:
    """A card of an object, or a table of a field that is a list. `key` names its title in the catalogue.

    `within`: the field of the answer whose own fields these are.
    """

    key: str
    fields: Sequence[Shown]
    within: str = ""
    known_only: bool = False
    """Whether fields without a value are left out."""


@dataclass(frozen=True)
class About:
    """Facts above a list, by an address of the API that answers one object."""

    api: str
    shape: type[BaseModel]
    fields: Sequence[Shown]


@dataclass(frozen=True)
class Many:
    """One act on several rows of a list: a command for each that is chosen, answered row by row.

    `api` and the values of `body` take `{id}`, the row's field `by`. Rows whose field `done` is set have no box.
    """

    action: str
    api: str
    body: Mapping[str, str] = field(default_factory=dict)
    by: str = "id"
    done: str = ""


@dataclass(frozen=True)
class List:
    """A list of the API, newest first. `filters` are its query parameters with their codes; one without codes is
    set by links alone.

    `opens` is the object's address with fields of the row in braces; `starts` an address at which one begins, and
    `starts_api` where the API takes it, if not at the list's own address; `begins` are more of them, with other forms.
    """

    path: str
    api: str
    line: type[BaseModel]
    columns: Sequence[Shown]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    opens: str | None = None
    starts: str | None = None
    machine: Machine | None = None
    """Of the objects, so that the terms of those that are over are not shown as late."""
    starts_api: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    """How the keys of a filter's codes begin, where they are not `code`."""
    leads: Leads | None = None
    in_language: bool = False
    """The API answers texts, and takes the language of the reader."""
    many: Many | None = None
    about: About | None = None
    by_due: str = ""
    """The field by which rows stand in groups: over, today, this week, later (C3)."""
    aside: bool = False
    """Not in the navigation: the start page leads there."""
    begins: Sequence[Start] = ()
    in_menu: bool = True

    @property
    def beginnings(self) -> Sequence[Start]:
        key = self.path.strip("/").replace("-", "_")
        return (*([Start(self.starts, f"act.{key}.start")] if self.starts else ()), *self.begins)


@dataclass(frozen=True)
class Paper:
    """What the API makes out for an object, on a page of its own and after a button. Each time is recorded.

    It is the last step of the object's address; `text` is a field with its wording by language. `when` states whether
    the object can have one.
    """

    step: str
    key: str
    shape: type[BaseModel]
    fields: Sequence[Shown]
    text: str = ""
    when: Callable[[Mapping[str, Any]], bool] = bool


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
    parts_by_act: Mapping[str, str] = field(default_factory=dict)
    """Pages of `parts` that are for an act: they are links where the act is possible."""
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

    def form(self, action: str) -> Form:
        return self.forms.get(action, PLAIN)

    @property
    def words(self) -> str:
        """How the keys of its acts and states begin."""
        return self.machine.name if self.machine else self.path.strip("/").split("/")[0]


@dataclass(frozen=True)
class Board:
    """The nights of beds, as the API's board has them."""

    path: str
    api: str
    stays: str
    closures: str


@dataclass(frozen=True)
class Part:
    """A part of the start page: a list with a filter; `key` names its title.

    With a `right` it is for the roles that have it: it is work for them alone.
    """

    key: str
    list: List
    query: Mapping[str, str] = field(default_factory=dict)
    right: str | None = None
    roles: Sequence[str] = ()
    """Whose work it is; empty: of everybody who opens the list."""


@dataclass(frozen=True)
class Figures:
    """A card of numbers at the top of the start page, for the roles that may read them."""

    key: str
    api: str
    shape: type[BaseModel]
    fields: Sequence[Shown]


@dataclass(frozen=True)
class Report:
    """What the API answers about a year: `api` with `{year}` in its address or in its query."""

    path: str
    api: str
    shape: type[BaseModel]
    cards: Sequence[Facts] = ()
    tables: Mapping[str, Facts] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pages:
    """All pages of a service, in the order of its navigation."""

    lists: Sequence[List]
    objects: Sequence[Object]
    boards: Sequence[Board] = ()
    reports: Sequence[Report] = ()
    start: Sequence[Part] = ()
    figures: Sequence[Figures] = ()
