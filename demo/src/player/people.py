"""Who does what: the users of the demo realm, by agency and role."""

from player.caseload import Line

ASSESSOR = "mia-special.assessor"
MOTION_OFFICER = "mia-special.motion-officer"
MIGRATION_OFFICER = "sms.migration-officer"
GUARDIANSHIP_WORKER = "scfwca.caseworker"
RETURN_OFFICER = "iom.return-officer"
RETURN_WORKER = "iom.caseworker"
"""The second person of a return: clears a child's, and records what a body outside acknowledges (RP-5, RP-6)."""
REINTEGRATION_WORKER = "vac.reintegration-worker"
REQUESTER = "fund.fund-requester"
APPROVER = "fund.fund-approver"
RELEASER = "fund.fund-releaser"
ACCOUNTANT = "fund.fund-accountant"
COORDINATOR = "coordinator.coordinator"

NGO_CASEWORKER = "ngo-clean-world.caseworker"

_DECLINING = {"ngo-clean-world", "ngo-amc", "ngo-acu"}
"""The NGOs that may decide that a person is not recognised (ID-8, ID-9)."""
_CASEWORK = {"ngo-clean-world", "ngo-amc", "ngo-acu", "ngo-clrpl", "scfwca", "iom"}
_TAKES_SELF_REPORTS = {
    "SexualExploitation": "ngo-clean-world",
    "ForcedLabour": "ngo-amc",
    "ForcedBegging": "ngo-acu",
}
OBLIGED_TO_REPORT = {"mia-special", "mia-hotline", "sbs", "sms", "mlspp"}
"""Police, border, migration, labour: the law obliges them to report an adult without consent (ID-7)."""
_OPERATORS = {
    "mia-adult": "mia-shelter",
    "mia-child": "mia-shelter",
    "clean-world": "ngo-clean-world",
    "amc": "ngo-amc",
    "acu": "ngo-acu",
    "fsc": "scfwca",
}


def exploitation(line: Line) -> str | None:
    """The first form that the report names, as a code of the standard."""
    forms = line.htcds.get("vic_TypeOfExploitation")
    return str(forms[0]) if isinstance(forms, list) and forms else None


def holder(line: Line) -> str:
    """The agency that enters the report and holds the case; what a person reports themself is taken by an NGO."""
    if line.reported_by != "self":
        return line.reported_by
    return _TAKES_SELF_REPORTS.get(exploitation(line) or "", "ngo-clean-world")


def desk(line: Line) -> str:
    """Who enters the report and works on it first."""
    return desk_of(holder(line))


def desk_of(agency: str) -> str:
    """Who enters the agency's reports."""
    if agency == "mia-special":
        return ASSESSOR
    return f"{agency}.caseworker" if agency in _CASEWORK else f"{agency}.reporter"


def is_caseworker(user: str) -> bool:
    return user.endswith(".caseworker")


def may_decline(user: str) -> bool:
    """Whether the user's NGO assesses cases that police do not know of."""
    return is_caseworker(user) and user.partition(".")[0] in _DECLINING


def needs_consent(line: Line) -> bool:
    """Whether the holder hands an adult over to the police only with their consent (ID-7)."""
    return holder(line) not in OBLIGED_TO_REPORT


def operator(facility: str) -> str:
    """The agency that runs the facility."""
    return _OPERATORS[facility]


def manager(facility: str) -> str:
    return f"{operator(facility)}.shelter-manager"
