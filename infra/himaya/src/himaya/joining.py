"""An agency's system is joined, cut off, let in again: in an order in which nothing is told before all stands, and
nothing goes on after the first step back (docs/adr/0019).

What the exchange says of the agency decides. Every command says its decision there, then makes client and bus follow
what the exchange says, until that stays the same: so of two operators the later decision holds, and a command that was
cut off is completed by running it again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from himaya.platform import Away, Platform, Refused
from himaya.provisioning import Provisioning

_UNKNOWN, _CONFLICT = 404, 409
Say = Callable[[str, str], None]
Keep = Callable[[str], str]
"""Keeps a new secret, and says where."""


@dataclass(frozen=True)
class AgencyState:
    """What the exchange says of the agency."""

    state: str
    edition: int
    version: int


class Joining:
    """Each command is safe to run again. Raises Away, Refused and SignInNeeded, whose messages say what to do."""

    def __init__(self, platform: Platform, provisioning: Provisioning, code: str, say: Say, keep: Keep) -> None:
        self._platform, self._parts, self._code = platform, provisioning, code
        self._say, self._keep = say, keep

    async def word(self) -> AgencyState | None:
        """None: nothing was ever agreed with the agency."""
        told = await self.told()
        return word_of(told) if told else None

    async def told(self) -> dict[str, Any] | None:
        """All that the exchange tells of the agency."""
        try:
            return await self._platform.get("exchange", f"/api/agencies/{self._code}")
        except Refused as refused:
            if refused.status == _UNKNOWN:
                return None
            raise

    async def needs_secret(self) -> bool:
        """Whether joining the agency now would give its client a new secret."""
        word = await self.word()
        return (word is not None and word.state == "removed") or not await self._parts.has_client()

    async def add(self, agreement: dict[str, Any]) -> AgencyState:
        """Client, quotas, rights, topics, and the agreement last. One that is suspended stays suspended."""
        checked = await self._post("agreement/check", agreement)
        self._say("agreement", "checked")
        if checked["state"] != "suspended":
            await self._open(anew=checked["state"] == "removed", loud=True)
        try:
            agreed = word_of(await self._post("agreement", agreement))
        except Refused:
            if word := await self.word():  # somebody was quicker, with another agreement or the agency's removal
                await self._settle(word)
            raise
        self._say("agreement", f"edition {agreed.edition} {'stands' if checked['holds'] else 'agreed to'}")
        return await self._settle(agreed)

    async def resume(self) -> AgencyState:
        """The agency is let in again: client, rights, and the stream last."""
        word = await self.word()
        if word is None:
            raise Refused(f"nothing is agreed with {self._code}: himaya agency add {self._code} --agreement FILE")
        if word.state == "suspended":
            await self._open(loud=True)
        return await self._settle_as("active", await self._decide("resumption", {}))

    async def suspend(self, reason: str) -> AgencyState | None:
        """Cut off: the stream, then the rights, then the client. None: nothing was agreed yet, but it had a client."""
        return await self._cut_off("suspension", reason, "suspended")

    async def remove(self, reason: str) -> AgencyState | None:
        """As suspended, and its quotas go too. Its topics stay, and empty by their retention."""
        return await self._cut_off("removal", reason, "removed")

    async def _cut_off(self, act: str, reason: str, wanted: str) -> AgencyState | None:
        try:
            known = await self.word()
            said = await self._decide(act, {"reason": reason}) if known else None
        except Away as away:
            await self._close(with_quotas=False)
            raise Away(f"{away}. Rights and client are taken away, but the stream is not: run the same again") from None
        if said:
            return await self._settle_as(wanted, said)
        await self._cut_off_unagreed()
        return None

    async def _cut_off_unagreed(self) -> None:
        """What an `add` that was cut off has left."""
        if not await self._parts.has_client():
            raise Refused(f"there is no agency {self._code} on the bus: himaya agency list")
        await self._close(with_quotas=True)

    async def _decide(self, act: str, body: dict[str, str]) -> AgencyState | Refused:
        """Say it to the exchange: what it says now, or its refusal if the agency's state does not allow it."""
        try:
            word = word_of(await self._post(act, body))
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            return refused
        self._say("stream", f"{word.state} from now on")
        return word

    async def _settle_as(self, wanted: str, said: AgencyState | Refused) -> AgencyState:
        """That it was said before is no fault; that something else holds is."""
        if isinstance(said, AgencyState):
            return await self._settle(said)
        word = await self._settle(await self.word())
        if word.state != wanted:
            raise said
        self._say("stream", f"{word.state} already")
        return word

    async def _settle(self, word: AgencyState | None) -> AgencyState:
        """Make client and bus follow what the exchange says, until it says the same afterwards."""
        while word is not None:
            await self._follow(word.state)
            again = await self.word()
            if again == word:
                return word
            word = again
        raise Refused(f"the exchange does not know {self._code}")

    async def _follow(self, state: str) -> None:
        if state == "active":
            await self._open()
        else:
            await self._close(with_quotas=state == "removed")

    async def _open(self, anew: bool = False, loud: bool = False) -> None:
        """`anew`: with another secret, before the one it had is good again. `loud`: say also what stood already."""
        renewed = await self._parts.new_secret() if anew and await self._parts.has_client() else None
        made, did = await self._parts.client()
        self._report("client", did, loud)
        if secret := await self._parts.secret() if made else renewed:
            self._say("secret", self._keep(secret))
        self._report("quotas", await self._parts.quotas(wanted=True), loud)
        self._report("rights", await self._parts.give_rights(), loud)
        self._report("topics", await self._parts.topics(), loud)

    async def _close(self, with_quotas: bool) -> None:
        """Rights, then the client; one that fails keeps no other from being taken away."""
        failed: list[Away | Refused] = []
        parts = {"rights": self._parts.take_rights, "client": self._parts.disable_client}
        if with_quotas:
            parts["quotas"] = lambda: self._parts.quotas(wanted=False)
        for part, work in parts.items():
            try:
                self._report(part, await work(), loud=False)
            except (Away, Refused) as error:
                self._say(part, "NOT DONE")
                failed.append(error)
        if failed:
            raise Away(" ".join(dict.fromkeys(map(str, failed))))

    def _report(self, part: str, did: str | None, loud: bool) -> None:
        if did or loud:
            self._say(part, did or "stands")

    async def _post(self, act: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._platform.post("exchange", f"/api/agencies/{self._code}/{act}", dict(body))


def word_of(told: Mapping[str, Any]) -> AgencyState:
    """Of an answer about the agency."""
    return AgencyState(str(told["state"]), int(told["edition"]), int(told["version"]))
