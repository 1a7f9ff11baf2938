"""Where repatriation is put together."""

from pathlib import Path

from chassis.service import Service

from repatriation import api
from repatriation.rights import RIGHTS
from repatriation.subscriptions import HANDLERS, PROJECTIONS
from repatriation.tables import Base
from repatriation.use_cases.clocks import run_clocks

CONSTRAINTS = {
    "uq_bar_standing": ("bar_already_standing", "A bar of this kind stands already."),
    "uq_permit_live": ("permit_already_open", "A permit on this ground is open already."),
    "uq_permit_decision_permit_id_round": ("already_decided", "The permit was decided already."),
    "uq_permit_opinion_permit_id_body": ("already_asked", "This body was asked already."),
    "uq_voluntary_return_open": ("return_already_open", "A return of this person is open already."),
}

SERVICE = Service(
    name="repatriation",
    title="Repatriation: removal bars, residence permits and voluntary return",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    constraints=CONSTRAINTS,
    append_only=("permit_decision", "follow_up"),
    tick=run_clocks,
)
