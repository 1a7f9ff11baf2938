"""What each role can try in the pages after the demo: where, as whom, and one thing to do."""

from dataclasses import dataclass

from rich.table import Table

from player.stack import Stack


@dataclass(frozen=True)
class Try:
    role: str
    service: str
    user: str
    what: str


TRIES = (
    Try("reporter", "identification", "mia-hotline.reporter", "write down a report"),
    Try("caseworker", "identification", "ngo-amc.caseworker", "open a case and look at who knows of it"),
    Try("assessor", "identification", "mia-special.assessor", "read a case and decide"),
    Try("shelter worker", "shelter", "mia-shelter.shelter-worker", "look at the board of nights, record a service"),
    Try("shelter manager", "shelter", "mia-shelter.shelter-manager", "close a bed, look at stays of last year"),
    Try("reintegration worker", "shelter", "vac.reintegration-worker", "read what support was handed over"),
    Try("Fund requester", "fund", "fund.fund-requester", "look at a claim and its three persons"),
    Try("Fund approver", "fund", "fund.fund-approver", "look at what waits for an approval"),
    Try("Fund releaser", "fund", "fund.fund-releaser", "look at what was paid"),
    Try("Fund accountant", "fund", "fund.fund-accountant", "read the ledger"),
    Try("migration officer", "repatriation", "sms.migration-officer", "look at bars of removal and permits"),
    Try("return officer", "repatriation", "iom.return-officer", "look at a voluntary return"),
    Try("coordinator", "notify", "coordinator.coordinator", "see which terms were met and missed"),
    Try("auditor", "notify", "ombudsman.auditor", "read who did what"),
    Try("operator", "notify", "himaya.operator", "see whether anything is parked"),
)

_CODES = "* After the password the realm wants a code; this prints it: .venv/bin/python -m local_stack code USER"


def tries(stack: Stack) -> Table:
    """One row a role; passwords stand in the table of sign-ins, and codes are those of the moment."""
    drawn = Table("Role", "Pages", "Sign in as", "Try", title="Things to try", caption=_CODES, caption_justify="left")
    for one in TRIES:
        if address := stack.services.get(one.service):
            drawn.add_row(one.role, address, f"{one.user}{' *' if one.user in stack.with_code else ''}", one.what)
    return drawn
