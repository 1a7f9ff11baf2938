"""The Fund, put together: the only place where its parts meet."""

from collections.abc import Mapping
from typing import Any

from chassis.client import ServiceClient
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import TokenSource

from fund import api
from fund.payees import IdentificationPayees
from fund.rights import RIGHTS
from fund.settings import PACKAGE
from fund.subscriptions import HANDLERS, PROJECTIONS
from fund.tables import CONSTRAINTS, Base


def prepare(settings: Settings, source: TokenSource) -> Mapping[str, Any]:
    """What endpoints find in the application's state: who opens the payee of an order."""
    known = "identification" in settings.services
    return {"payees": IdentificationPayees(ServiceClient(settings, source, "identification") if known else None)}


SERVICE = Service(
    name="fund",
    title="Fund: claims, payments and the ledger",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("entry", "posting", "income", "account"),
    prepare=prepare,
)
