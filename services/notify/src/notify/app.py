"""notify put together: the only place where its parts are built."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from casework import access, rules
from chassis.client import ServiceClient
from chassis.projection import Projection
from chassis.service import Service
from chassis.subscription import projections
from chassis.tokens import TokenSource
from chassis.unit_of_work import UnitOfWork
from nrm_events import identification
from staffui.app import pages

from notify.adapters.channels import channels
from notify.api import ROUTERS
from notify.clocks.deadlines import run_clocks
from notify.clocks.sending import send_round
from notify.pages import PAGES
from notify.parameters import PARAMETERS
from notify.resources import Resources
from notify.rights import RIGHTS
from notify.settings import Settings
from notify.subscriptions import SUBSCRIPTIONS
from notify.tables import CONSTRAINTS, Base
from notify.use_cases.inbox import ITEM, check_still_own


def make_resources(settings: Settings, source: TokenSource) -> Resources:
    """Identification for the safe contact, the providers for the rest."""
    return Resources(ServiceClient(settings, source, "identification"), channels(settings))


async def recheck(uow: UnitOfWork[Resources], checked: Sequence[Sequence[str]]) -> None:
    """Before a stored answer is repeated: the access, and the task itself where one was read, are still there."""
    items = [right for right in checked if right[-1].startswith(ITEM)]
    for *_, item in items:
        await check_still_own(uow, UUID(item.removeprefix(ITEM)))
    await access.recheck(uow, [right for right in checked if right not in items])


SERVICE = Service(
    name="notify",
    title="Notifications, contact with the person and legal clocks",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=(*ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    subscriptions=SUBSCRIPTIONS,
    projections={
        "cases": Projection(
            tables={
                table: "true" for name, table in Base.metadata.tables.items() if name in ("case_access", "known_case")
            },
            handlers=projections("notify", RIGHTS, SUBSCRIPTIONS),
            begins=identification.CaseOpened,
        )
    },
    constraints=CONSTRAINTS,
    clocks=run_clocks,
    recheck=recheck,
    workers=(send_round,),
    settings=Settings,
    resources=make_resources,
    pages=pages(PAGES),
)
