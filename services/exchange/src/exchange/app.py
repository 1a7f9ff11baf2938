"""The exchange put together: the only place where its parts meet."""

from chassis.clock import utc_now
from chassis.service import Service
from sqlalchemy.ext.asyncio import AsyncSession

from exchange import api
from exchange.agencies_heard import hear_agencies
from exchange.rights import RIGHTS
from exchange.settings import AGREEMENTS, PACKAGE
from exchange.subscriptions import HANDLERS
from exchange.tables import CONSTRAINTS, Base
from exchange.use_cases.agencies import read_agreements, seed
from exchange.use_cases.sharing import forget_withheld


async def _seed(session: AsyncSession) -> None:
    """At every `migrate`."""
    await seed(session, read_agreements(AGREEMENTS), utc_now())


SERVICE = Service(
    name="exchange",
    title="Exchange: the one door for agencies' systems",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    handlers=HANDLERS,
    constraints=CONSTRAINTS,
    append_only=("agreement",),
    tick=forget_withheld,
    jobs=(hear_agencies,),
    seed=_seed,
)
