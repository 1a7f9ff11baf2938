"""An agency's system is joined, suspended, resumed or removed, in an order that never leaves a half open door.

Nothing is sent to it before everything stands, and nothing goes on after the first step back (docs/adr/0019). The
exchange is the source of truth: a command records the decision there, then reconciles Keycloak and Kafka with the
exchange until its state stays the same. So of two operators the later decision counts, and a command that was
interrupted is completed by running it again.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from himaya.answers import Agency, AgencySummary, AgreementChecked
from himaya.platform import Away, Json, Platform, Refused
from himaya.provisioning import Provisioning

_UNKNOWN, _CONFLICT = 404, 409
Answer = TypeVar("Answer")


class Report(Protocol):
    """Where each step is reported, and a new secret stored."""

    def step(self, part: str, did: str) -> None:
        """This part is as it should be now."""

    def store(self, secret: str) -> str:
        """Store a new secret; where it is."""


@dataclass(frozen=True)
class AgencyState:
    """The agency as the exchange has it."""

    state: str
    edition: int
    version: int
    kind: str | None = None


class Joining:
    """Each command is safe to run again. Raises Away, Refused and SignInNeeded; their messages name the remedy."""

    def __init__(self, platform: Platform, provisioning: Provisioning, code: str, report: Report) -> None:
        self._platform, self._parts, self._code, self._report = platform, provisioning, code, report

    async def state(self) -> AgencyState | None:
        """None: nothing was ever agreed with the agency."""
        answer = await find_agency(self._platform, self._code)
        return state_of(answer) if answer else None

    async def needs_secret(self) -> bool:
        """Whether joining the agency now would make a new secret of its client."""
        state = await self.state()
        return (state is not None and state.state == "removed") or not await self._parts.has_client()

    async def add(self, agreement: Json) -> AgencyState:
        """Client, quotas, rights, topics, and the agreement last. One that is suspended stays suspended."""
        checked = await self._post("agreement/check", AgreementChecked, agreement)
        self._report.step("agreement", "checked")
        if checked["state"] != "suspended":
            await self._open(anew=checked["state"] == "removed", loud=True)
        try:
            agreed = state_of(await self._post("agreement", Agency, agreement))
        except Refused:
            if state := await self.state():  # somebody was quicker, with another agreement or the agency's removal
                await self._reconcile(state)
            raise
        self._report.step("agreement", f"edition {agreed.edition} {'stands' if checked['holds'] else 'agreed to'}")
        return await self._reconcile(agreed)

    async def resume(self) -> AgencyState:
        """The agency's system may come in again: client, rights, and the stream last."""
        state = await self.state()
        if state is None:
            raise Refused(f"nothing is agreed with {self._code}: himaya agency add {self._code} --agreement FILE")
        if state.state == "suspended":
            await self._open(loud=True)
        return await self._reconcile_as("active", await self._decide("resumption", {}))

    async def suspend(self, reason: str) -> AgencyState | None:
        """The stream ends, then the rights, then the client. None: nothing was agreed yet, but it had a client."""
        return await self._cut_off("suspension", reason, "suspended")

    async def remove(self, reason: str) -> AgencyState | None:
        """As suspended, and its quotas go too. Its topics stay, and empty by their retention."""
        return await self._cut_off("removal", reason, "removed")

    async def _cut_off(self, act: str, reason: str, wanted: str) -> AgencyState | None:
        try:
            known = await self.state()
            decided = await self._decide(act, {"reason": reason}) if known else None
        except Away as away:
            await self._close(with_quotas=False)
            raise Away(f"{away}. Rights and client are taken away, but the stream is not: run the same again") from None
        if decided:
            return await self._reconcile_as(wanted, decided)
        await self._cut_off_unagreed()
        return None

    async def _cut_off_unagreed(self) -> None:
        """What an `add` that was interrupted has left."""
        if not await self._parts.has_client():
            raise Refused(f"there is no agency {self._code} on the bus: himaya agency list")
        await self._close(with_quotas=True)

    async def _decide(self, act: str, body: Json) -> AgencyState | Refused:
        """Record the decision at the exchange: its state now, or the refusal if the agency's state forbids it."""
        try:
            state = state_of(await self._post(act, Agency, body))
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            return refused
        self._report.step("stream", f"{state.state} from now on")
        return state

    async def _reconcile_as(self, wanted: str, decided: AgencyState | Refused) -> AgencyState:
        """That it was decided before is no fault; that the agency is in another state is."""
        if isinstance(decided, AgencyState):
            return await self._reconcile(decided)
        state = await self._reconcile(await self.state())
        if state.state != wanted:
            raise decided
        self._report.step("stream", f"{state.state} already")
        return state

    async def _reconcile(self, state: AgencyState | None) -> AgencyState:
        """Make client and bus match the exchange, until its state is the same afterwards."""
        while state is not None:
            await self._apply(state.state)
            again = await self.state()
            if again == state:
                return state
            state = again
        raise Refused(f"the exchange does not know {self._code}")

    async def _apply(self, state: str) -> None:
        if state == "active":
            await self._open()
        else:
            await self._close(with_quotas=state == "removed")

    async def _open(self, anew: bool = False, loud: bool = False) -> None:
        """`anew`: with another secret, before the one it had is good again. `loud`: report also what stood already."""
        renewed = await self._parts.new_secret() if anew and await self._parts.has_client() else None
        made, did = await self._parts.client()
        self._step("client", did, loud)
        if secret := await self._parts.secret() if made else renewed:
            self._report.step("secret", self._report.store(secret))
        self._step("quotas", await self._parts.quotas(wanted=True), loud)
        self._step("rights", await self._parts.give_rights(), loud)
        self._step("topics", await self._parts.topics(), loud)

    async def _close(self, with_quotas: bool) -> None:
        """Rights, then the client; one that fails stops no other from being taken away."""
        failed: list[Away | Refused] = []
        parts = {"rights": self._parts.take_rights, "client": self._parts.disable_client}
        if with_quotas:
            parts["quotas"] = lambda: self._parts.quotas(wanted=False)
        for part, work in parts.items():
            try:
                self._step(part, await work(), loud=False)
            except (Away, Refused) as error:
                self._report.step(part, "NOT DONE")
                failed.append(error)
        if failed:
            raise Away(" ".join(dict.fromkeys(map(str, failed))))

    def _step(self, part: str, did: str | None, loud: bool) -> None:
        if did or loud:
            self._report.step(part, did or "stands")

    async def _post(self, act: str, form: type[Answer], body: Json) -> Answer:
        return await self._platform.post("exchange", f"/api/agencies/{self._code}/{act}", form, body)


async def find_agency(platform: Platform, code: str) -> Agency | None:
    """All that the exchange has of the agency; None: nothing was ever agreed with it."""
    try:
        return await platform.get("exchange", f"/api/agencies/{code}", Agency)
    except Refused as refused:
        if refused.status == _UNKNOWN:
            return None
        raise


def state_of(answer: AgencySummary) -> AgencyState:
    """Of an answer about the agency."""
    return AgencyState(answer["state"], answer["edition"], answer["version"], answer["kind"])
