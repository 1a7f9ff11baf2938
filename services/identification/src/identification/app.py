"""Where identification is put together."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from casework import rules
from casework.access import recheck
from chassis.errors import DomainError
from chassis.service import Service, ServiceContext
from chassis.tokens import TokenSource
from staffui.app import pages

from identification import api
from identification.adapters.vault import Vault
from identification.clocks import clocks
from identification.pages import PAGES
from identification.parameters import PARAMETERS
from identification.resources import Resources, Work
from identification.rights import READINGS, RIGHTS
from identification.settings import IdentificationSettings
from identification.subscriptions import SUBSCRIPTIONS
from identification.tables import CONSTRAINTS, Base
from identification.use_cases.person_fields import rewrap_persons
from identification.use_cases.referred import rewrap_handles
from identification.use_cases.search_index import reindex_persons

Step = Callable[[Work, UUID | None], Awaitable[tuple[UUID | None, int, int]]]


def resources(settings: IdentificationSettings, source: TokenSource) -> Resources:
    """The vault, with the keys of the environment."""
    return Resources(vault=Vault(*settings.keys))


async def rewrap(context: ServiceContext) -> str:
    """Change of the master key: wrap every person's key by the new one. Until then the old is among the former keys."""
    async with context.unit_of_work() as uow:
        handles, unreadable = await rewrap_handles(uow)
    persons = await _each_batch(context, rewrap_persons)
    return _summary("rewrapped", handles + persons[0], unreadable + persons[1])


async def reindex(context: ServiceContext) -> str:
    """Change of the search key, or of how keys are made: every person's digests anew. It goes on where it ended."""
    return _summary("reindexed", *await _each_batch(context, reindex_persons))


async def _each_batch(context: ServiceContext, step: Step) -> tuple[int, int]:
    """How many were done, and how many cannot be opened, in transactions of some hundred."""
    done, unreadable, after = 0, 0, None
    while True:
        async with context.unit_of_work() as uow:
            after, now_done, now_unreadable = await step(uow, after)
        done, unreadable = done + now_done, unreadable + now_unreadable
        if after is None:
            return done, unreadable


def _summary(what: str, done: int, unreadable: int) -> str:
    """What the operator reads; DomainError where some cannot be opened, after all others were done."""
    if unreadable:
        raise DomainError("identity_unreadable", f"{what} {done}; {unreadable} cannot be opened and stay as they are")
    return f"{what} {done}"


SERVICE = Service(
    name="identification",
    title="Identification: reports, recognition, consent and identity",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=(*api.ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    readings=READINGS,
    subscriptions=SUBSCRIPTIONS,
    constraints=CONSTRAINTS,
    clocks=clocks,
    recheck=recheck,
    settings=IdentificationSettings,
    resources=resources,
    pages=pages(PAGES),
    commands={
        "rewrap": ("wrap every person's key by the present master key", rewrap),
        "reindex": ("make every person's search digests by the present search key", reindex),
    },
)
