"""Errors that a client can switch on. Pure: no framework is imported here, so a domain may use it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong and where: `where` is a path such as `body.amount_qepik`; the value itself is never repeated."""

    where: str
    code: str
    message: str


class DomainError(Exception):
    """A request that cannot be done, with a stable `code`; the answer is RFC 9457 problem+json with `status`.

    `facts` may hold ids, codes, dates and amounts that explain the refusal, never anything about the person.
    """

    status = 409

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        faults: Sequence[Fault] = (),
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.status = status or self.status
        self.faults = tuple(faults)
        self.facts = dict(facts or {})


class NotPossible(DomainError):
    """The object's state, a rule or the law of that day does not allow the act (409)."""


class Invalid(DomainError):
    """The request itself is wrong: an unknown code, a time in the future, a missing reason (422)."""

    status = 422


class NotFound(DomainError):
    """There is no such object, or the asker may not know of it: one answer for both (404)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_found", "Not found, or you do not have access.")


class Forbidden(DomainError):
    """The role has no right to this function at all (403)."""

    status = 403

    def __init__(self, action: str) -> None:
        super().__init__("role_lacks_right", "Your role has no right to this.", facts={"action": action})


class Stale(DomainError):
    """The object was changed since the actor read it (409).

    The answer names the versions and the fields of the command; to see the values, the object is read again.
    """

    def __init__(self, expected: int, stored: int, fields: Iterable[str]) -> None:
        super().__init__(
            "stale",
            "The object was changed since you opened it. Nothing was changed now. Read it again.",
            facts={"given_version": expected, "stored_version": stored, "fields": sorted(fields)},
        )
