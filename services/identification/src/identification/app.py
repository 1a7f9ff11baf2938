"""Where identification is put together."""

from pathlib import Path

from casework.access import recheck
from chassis.service import Service, ServiceContext
from chassis.tokens import TokenSource

from identification import api
from identification.adapters.vault import Vault
from identification.clocks import clocks
from identification.resources import Resources
from identification.rights import RIGHTS
from identification.settings import IdentificationSettings
from identification.subscriptions import SUBSCRIPTIONS
from identification.tables import CONSTRAINTS, Base
from identification.use_cases.person_fields import rewrap_persons
from identification.use_cases.referred import rewrap_handles


def resources(settings: IdentificationSettings, source: TokenSource) -> Resources:
    """The vault, with the keys of the environment."""
    return Resources(vault=Vault(*settings.keys))


async def rewrap(context: ServiceContext) -> str:
    """Change of the master key: wrap every person's key by the new one. Until then the old is among the former keys."""
    async with context.unit_of_work() as uow:
        count, after = await rewrap_handles(uow), None
    while True:
        async with context.unit_of_work() as uow:
            after, done = await rewrap_persons(uow, after)
        count += done
        if after is None:
            return f"rewrapped {count}"


SERVICE = Service(
    name="identification",
    title="Identification: reports, recognition, consent and identity",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    subscriptions=SUBSCRIPTIONS,
    constraints=CONSTRAINTS,
    clocks=clocks,
    recheck=recheck,
    settings=IdentificationSettings,
    resources=resources,
    commands={"rewrap": ("wrap every person's key by the present master key", rewrap)},
)
