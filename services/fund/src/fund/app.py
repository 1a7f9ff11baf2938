"""The Fund, put together: the only place where its parts meet."""

from casework import access, rules
from chassis.client import ServiceClient
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import TokenSource
from staffui.app import pages

from fund import api
from fund.adapters.payees import IdentificationPayees
from fund.pages import PAGES
from fund.parameters import PACKAGE, PARAMETERS
from fund.resources import Resources
from fund.rights import READINGS, RIGHTS
from fund.subscriptions import PROJECTIONS, SUBSCRIPTIONS
from fund.tables import CONSTRAINTS, Base


def make_resources(settings: Settings, source: TokenSource) -> Resources:
    """Who opens the payee of an order."""
    known = "identification" in settings.services
    return Resources(payees=IdentificationPayees(ServiceClient(settings, source, "identification") if known else None))


SERVICE = Service(
    name="fund",
    title="Fund: claims, payments and the ledger",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=(*api.ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    readings=READINGS,
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("entry", "posting", "income", "account", "paper"),
    recheck=access.recheck,
    resources=make_resources,
    pages=pages(PAGES),
)
