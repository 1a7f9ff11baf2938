"""One line while it is played: the keys of its steps, and what comes of each."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from pydantic import JsonValue

from player import people
from player.answers import Answer, Item, Json
from player.caseload import Line, Numbered
from player.faults import NeverCame, Refused
from player.platform import ACCESS_ENDED, Person, Platform, Shown
from player.timeline import Timeline

_NAMESPACE = UUID("0b0f2f0a-52a5-4c3e-9a1c-3f6a4f0f5d61")
NOT_IN_FORCE = "not_in_force"
_MOST_READS = 20
_LONGEST_REASON = 160  # characters of a field's fault: some name every code of a long list
ON_ITS_WAY = ACCESS_ENDED  # or not begun: the event that lets an agency know of the case, or more of it, will come


def key_of(fingerprint: str, step: str) -> str:
    """The Idempotency-Key of a step: the same for the same line however often and from whichever file it is played."""
    return str(uuid5(_NAMESPACE, f"{fingerprint}/{step}"))


@dataclass(frozen=True, order=True)
class Remark:
    """A step that was not possible: its line, its name and the reason."""

    number: int
    step: str
    reason: str


@dataclass
class Scene:
    """What the line's steps share.

    `case_id` is known once the report is entered; `desk`: who works on it for the holder; `handed_over`: police took
    the case over; `housed`: a shelter took the person in.
    """

    platform: Platform
    numbered: Numbered
    times: Timeline
    case_id: str = ""
    age_group: str = "unknown"
    handed_over: bool = False
    housed: bool = False
    not_possible_then: list[Remark] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    desk: str = field(init=False)

    def __post_init__(self) -> None:
        self.desk = people.desk(self.line)

    @property
    def line(self) -> Line:
        return self.numbered.line

    @property
    def is_child(self) -> bool:
        return self.age_group == "child"

    @property
    def helper(self) -> str:
        """Who arranges help: the holder's caseworker, or the officer to whom the case was handed over."""
        return people.ASSESSOR if self.handed_over and not people.is_caseworker(self.desk) else self.desk

    def key(self, step: str) -> str:
        return key_of(self.line.fingerprint, step)

    def by(self, user: str, service: str) -> "Actor":
        """A user who does steps of this line at one service."""
        return Actor(self, self.platform.person(user, service))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part of the course: what is not in force on its day, or refused, ends this part alone."""
        try:
            yield
        except Refused as refused:
            self.note(name, refused)
        except NeverCame as missing:
            self.errors.append(Remark(self.numbered.number, name, f"never came: {missing}"))

    def note(self, step: str, refused: Refused) -> None:
        """Record what was refused: as not possible then, or as an error."""
        if refused.code == NOT_IN_FORCE:
            self.not_possible_then.append(Remark(self.numbered.number, step, refused.detail))
        else:
            reason = "; ".join((refused.code, *(field[:_LONGEST_REASON] for field in refused.fields)))
            self.errors.append(Remark(self.numbered.number, step, reason))


@dataclass(frozen=True)
class Actor:
    """Somebody who does steps of a line at a service.

    A step that is refused with a code in `awaiting` is tried again: the event behind it is on its way.
    """

    scene: Scene
    person: Person
    awaiting: Collection[str] = ()

    def waiting_for(self, codes: Collection[str]) -> "Actor":
        return replace(self, awaiting=codes)

    async def act(self, step: str, path: str, at: datetime, **body: JsonValue) -> Answer:
        """Do the step at its time of effect."""
        command: Json = {"happened_at": at.isoformat(), **body}
        return await self.person.act(path, command, key=self.scene.key(step), awaiting=self.awaiting)

    async def decide(self, step: str, path: str, at: datetime, **body: JsonValue) -> Answer:
        """A decision on an object, `path` without its last part, by the version that was read; if stale, read again.

        A key that was used shows that the decision was made before, when the object had another version.
        """
        about = path.rpartition("/")[0]
        for _ in range(_MOST_READS):
            read = await self.look_if_allowed(about, Answer)
            if read is None and (before := self.scene.platform.answer_before(self.scene.key(step))):
                return before
            version = (read or await self.look(about, Answer)).version
            try:
                return await self.act(step, path, at, version=version, **body)
            except Refused as refused:
                if refused.code == "idempotency_key_reused":
                    return (await self.look(about, Answer)).model_copy(update={"replayed": True})
                if refused.code != "stale":
                    raise
        raise Refused(409, "stale", "It changed again and again.")

    async def look(self, path: str, shape: type[Shown]) -> Shown:
        """Read something."""
        return await self.person.look(path, shape)

    async def look_if_allowed(self, path: str, shape: type[Shown]) -> Shown | None:
        """The same; None where the agency's access is over, or has not begun."""
        try:
            return await self.look(path, shape)
        except Refused as refused:
            if refused.code not in ACCESS_ENDED:
                raise
            return None

    async def await_item(self, path: str, query: Mapping[str, str], found: Callable[[list[Item]], Item | None]) -> Item:
        """Look until `found` finds the item of a list that an event brings."""
        return await self.person.await_item(path, query, found)
