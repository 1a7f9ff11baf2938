"""notify put together: the only place where its parts are built."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.client import ServiceClient
from chassis.service import Service
from chassis.settings import Settings as CommonSettings
from chassis.tokens import TokenSource

from notify.api import commands, reads
from notify.channels import channels
from notify.rights import RIGHTS
from notify.sender import send_round
from notify.settings import Settings
from notify.subscriptions import HANDLERS, PROJECTIONS
from notify.tables import CONSTRAINTS, Base
from notify.use_cases.clocks import tick


def prepare(settings: CommonSettings, source: TokenSource) -> Mapping[str, Any]:
    """What the sender speaks to: identification for the safe contact, the providers for the rest."""
    assert isinstance(settings, Settings)  # noqa: S101  # the process reads the class that stands below
    return {
        "identification": ServiceClient(settings, source, "identification"),
        "channels": channels(settings),
    }


SERVICE = Service(
    name="notify",
    title="Notifications, contact with the person and legal clocks",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=(reads, commands),
    rights=RIGHTS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    tick=tick,
    workers=(send_round,),
    settings=Settings,
    prepare=prepare,
)
