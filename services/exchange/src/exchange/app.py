"""The exchange put together: the only place where its parts meet."""

from casework import access, rules
from chassis.clock import utc_now
from chassis.service import Service
from sqlalchemy.ext.asyncio import AsyncSession
from staffui.app import pages

from exchange import api
from exchange.agency_consumers import consume_agencies
from exchange.clocks import run_clocks
from exchange.pages import PAGES
from exchange.parameters import PARAMETERS
from exchange.resources import make_resources
from exchange.rights import RIGHTS
from exchange.settings import AGREEMENTS, PACKAGE
from exchange.subscriptions import PROJECTIONS, SUBSCRIPTIONS
from exchange.tables import CONSTRAINTS, Base
from exchange.use_cases.seeding import read_agreements, seed


async def _seed(session: AsyncSession) -> None:
    """At every `migrate`."""
    await seed(SERVICE.unit_of_work(session, utc_now()), read_agreements(AGREEMENTS))


SERVICE = Service(
    name="exchange",
    title="Exchange: the one door for agencies' systems",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=(*api.ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("agreement",),
    clocks=run_clocks,
    recheck=access.recheck,
    jobs=(consume_agencies,),
    seed=_seed,
    resources=make_resources,
    pages=pages(PAGES),
)
