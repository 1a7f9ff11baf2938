"""HTTP to use case, a few lines each."""

from identification.api import case_acts, children, identities, intake, looks

ROUTERS = (
    intake.commands,
    intake.reads,
    case_acts.commands,
    children.commands,
    identities.commands,
    identities.reads,
    looks.reads,
)
