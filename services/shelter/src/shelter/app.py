"""Shelter, put together: the only place where its parts meet."""

from casework import access, rules
from chassis.service import Service
from sqlalchemy.ext.asyncio import AsyncSession
from staffui.app import pages

from shelter import api
from shelter.clocks import run_clocks
from shelter.pages import PAGES
from shelter.parameters import PARAMETERS
from shelter.resources import Resources
from shelter.rights import RIGHTS
from shelter.settings import FACILITIES, PACKAGE
from shelter.subscriptions import NAME, PROJECTIONS, SUBSCRIPTIONS
from shelter.tables import CONSTRAINTS, Base
from shelter.use_cases.seeding import read_facilities, seed_facilities


async def seed(session: AsyncSession) -> None:
    """The facilities of the file, at every `migrate`."""
    await seed_facilities(session, read_facilities(FACILITIES))


SERVICE = Service(
    name=NAME,
    title="Shelter: places, stays and what comes after",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=(*api.ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("service_given", "assistance", "course_enrolment"),
    clocks=run_clocks,
    recheck=access.recheck,
    seed=seed,
    resources=lambda settings, source: Resources(),
    pages=pages(PAGES),
)
