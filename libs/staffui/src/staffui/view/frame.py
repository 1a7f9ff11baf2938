"""The frame of every page: who is signed in, where, in which language."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


@dataclass(frozen=True)
class Shell:
    """The frame of a page. `token` is the session's CSRF token; without a person nobody is signed in."""

    language: str
    service: str
    here: str
    languages: Sequence[Language]
    token: str = ""
    person: str | None = None
    agency_and_role: str = ""
    several_roles: bool = False
    services: Sequence[Link] = ()
    navigation: Sequence[Link] = ()
    ends_at: str = ""
    ends_in: int | None = None
    """Seconds until the session ends if nothing is done; None: no warning."""
    inbox: str | None = None
    """Address of the inbox."""
    unread: int | None = None
    """None: it could not be read."""
    search: str | None = None
    """Where a case is found by its reference."""
    exit_keys: bool = False
    """Three times Shift leaves the page."""
    foot: Sequence[Link] = ()
    """Help, accessibility, safety advice."""
    notice: str | None = None
    """What has just been done, once."""
    demo: bool = False
