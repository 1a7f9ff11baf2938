"""How often somebody may call: so many a minute, spread evenly after a first burst. In memory, per process."""

import time
from collections import OrderedDict
from collections.abc import Collection

from chassis.actor import Actor
from chassis.errors import DomainError
from chassis.metrics import RATE_LIMITED
from chassis.settings import Settings

_MINUTE = 60.0
_REMEMBERED = 10_000  # callers; of more, the one that was quiet longest is forgotten


class TooManyRequests(DomainError):
    """The limit of this person or address is reached (429); `seconds` until the next request is answered."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("too_many_requests", "Too many requests. Wait, then try again.", facts={"seconds": seconds})
        self.seconds = seconds


class RateLimit:
    """The generic cell rate algorithm: each request moves the caller's `due` on; who is a minute ahead waits."""

    def __init__(self, name: str, a_minute: int) -> None:
        self._refused = RATE_LIMITED.labels(name)
        self._step = _MINUTE / a_minute
        self._due: OrderedDict[str, float] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count a request, or TooManyRequests."""
        now = time.monotonic()
        due = max(self._due.get(caller, now), now) + self._step
        if due - now > _MINUTE + self._step / 2:
            self._refused.inc()
            raise TooManyRequests(int(due - now - _MINUTE) + 1)
        self._due[caller] = due
        self._due.move_to_end(caller)
        if len(self._due) > _REMEMBERED:
            self._due.popitem(last=False)


class Limits:
    """The limits of one service. `readings`: its actions that search for a person or read identity."""

    def __init__(self, settings: Settings, readings: Collection[str]) -> None:
        self._readings = readings
        self._of_person = RateLimit("person", settings.limit_person)
        self._of_readings = RateLimit("readings", settings.limit_readings)
        self._of_service = RateLimit("service", settings.limit_service)
        self._of_sign_ins = RateLimit("sign_ins", settings.limit_sign_ins)

    def count(self, actor: Actor, action: str) -> None:
        """Count a request of somebody who signed in, or TooManyRequests."""
        if "service" in actor.roles:
            self._of_service.take(actor.sub)
            return
        self._of_person.take(actor.sub)
        if action in self._readings:
            self._of_readings.take(actor.sub)

    def count_sign_in(self, address: str | None) -> None:
        """Count a token that was not seen before, or TooManyRequests: to check one costs more than to answer."""
        self._of_sign_ins.take(address or "")
