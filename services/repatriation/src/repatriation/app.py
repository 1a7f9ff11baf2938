"""Where repatriation is put together."""

from casework import access, rules
from chassis.client import ServiceClient
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import TokenSource
from staffui.app import pages

from repatriation import api
from repatriation.adapters.persons import IdentificationPersons
from repatriation.clocks import run_clocks
from repatriation.pages import PAGES
from repatriation.parameters import PACKAGE, PARAMETERS
from repatriation.resources import Resources
from repatriation.rights import READINGS, RIGHTS
from repatriation.subscriptions import PROJECTIONS, SERVICE_NAME, SUBSCRIPTIONS
from repatriation.tables import CONSTRAINTS, Base


def make_resources(settings: Settings, source: TokenSource) -> Resources:
    """Who knows the persons."""
    known = "identification" in settings.services
    client = ServiceClient(settings, source, "identification") if known else None
    return Resources(persons=IdentificationPersons(client))


SERVICE = Service(
    name=SERVICE_NAME,
    title="Repatriation: removal bars, residence permits and voluntary return",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=(*api.ROUTERS, rules.router(PARAMETERS)),
    rights=rules.open_to_all(RIGHTS),
    readings=READINGS,
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("permit_decision", "follow_up", "certificate"),
    clocks=run_clocks,
    recheck=access.recheck,
    resources=make_resources,
    pages=pages(PAGES),
)
