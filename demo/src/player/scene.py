"""One line while it is played: its steps have keys of their own, and what comes of it is kept."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from player.caseload import Line, Numbered
from player.faults import NeverCame, Refused
from player.platform import Answer, Platform
from player.timeline import Timeline

_NAMESPACE = UUID("0b0f2f0a-52a5-4c3e-9a1c-3f6a4f0f5d61")
NOT_IN_FORCE = "not_in_force"
_MOST_READS = 20
_LONGEST_REASON = 160  # characters of a field's fault: some name every code of a long list
ON_ITS_WAY = ("not_found",)  # the event that lets an agency know of the case


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
    """What the line's steps share: `case_id` once the report is entered, `housed` once a shelter took the person in."""

    platform: Platform
    numbered: Numbered
    times: Timeline
    case_id: str = ""
    age_group: str = "unknown"
    housed: bool = False
    not_possible_then: list[Remark] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)

    @property
    def line(self) -> Line:
        return self.numbered.line

    def key(self, step: str) -> str:
        return key_of(self.line.fingerprint, step)

    async def act(
        self,
        step: str,
        who: str,
        service: str,
        path: str,
        at: datetime,
        awaiting: Collection[str] = (),
        **body: Any,
    ) -> Answer:
        """Do the step at its time of effect."""
        given = {"happened_at": at.isoformat(), **body}
        return await self.platform.act(who, service, path, given, self.key(step), awaiting)

    async def decide(
        self, step: str, who: str, service: str, about: str, what: str, at: datetime, **body: Any
    ) -> Answer:
        """A decision on the object `about`, on what was read of it; where that changed it is read again.

        A key that was used says that it was decided before, when the object had another version.
        """
        for _ in range(_MOST_READS):
            read = await self.platform.look(who, service, about)
            try:
                return await self.act(step, who, service, f"{about}/{what}", at, version=read["version"], **body)
            except Refused as refused:
                if refused.code == "idempotency_key_reused":
                    return Answer(await self.platform.look(who, service, about), replayed=True)
                if refused.code != "stale":
                    raise
        raise Refused(409, "stale", "It changed again and again.")

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part of the course: what the law of that day did not know, or what was refused, ends this part alone."""
        try:
            yield
        except Refused as refused:
            self.note(name, refused)
        except NeverCame as missing:
            self.errors.append(Remark(self.numbered.number, name, f"never came: {missing}"))

    def note(self, step: str, refused: Refused) -> None:
        """Keep what was refused: as not possible then, or as an error."""
        if refused.code == NOT_IN_FORCE:
            self.not_possible_then.append(Remark(self.numbered.number, step, refused.detail))
        else:
            reason = "; ".join((refused.code, *(field[:_LONGEST_REASON] for field in refused.fields)))
            self.errors.append(Remark(self.numbered.number, step, reason))
