"""Where repatriation is put together."""

from casework import access
from chassis.service import Service

from repatriation import api
from repatriation.clocks import run_clocks
from repatriation.parameters import PACKAGE
from repatriation.resources import make_resources
from repatriation.rights import READINGS, RIGHTS
from repatriation.subscriptions import PROJECTIONS, SERVICE_NAME, SUBSCRIPTIONS
from repatriation.tables import CONSTRAINTS, Base

SERVICE = Service(
    name=SERVICE_NAME,
    title="Repatriation: removal bars, residence permits and voluntary return",
    package=PACKAGE,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    readings=READINGS,
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("permit_decision", "follow_up"),
    clocks=run_clocks,
    recheck=access.recheck,
    resources=make_resources,
)
