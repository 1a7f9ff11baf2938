"""HTTP to use case, a few lines each."""

from identification.api import assessment, case_acts, case_reads, children, consents, holders, identities, intake

ROUTERS = (
    intake.commands,
    intake.reads,
    assessment.commands,
    consents.commands,
    case_acts.commands,
    holders.commands,
    children.commands,
    identities.commands,
    identities.reads,
    case_reads.reads,
)
