"""Certificates of removal bars: printed by whoever holds or serves the case, verified by any officer (RP-4)."""

from uuid import UUID

from casework.calendar import local_date
from chassis import http
from chassis.rights import right

from repatriation.answers import Certificate, Verification
from repatriation.commands import VerifyCertificate
from repatriation.resources import Uow
from repatriation.use_cases import certificates
from repatriation.views import bars as views

reads = http.reads()


@reads.get("/api/bars/{bar_id}/certificate", **right("print_certificate"))
async def see_certificate(bar_id: UUID, uow: Uow) -> Certificate:
    """A certificate to be shown when needed; the name on it is opened as an identity is, and audited (ID-13)."""
    printed = await certificates.issue(uow, bar_id)
    holder = None
    if printed.may_name:
        holder = await uow.resources.persons.name(uow.actor, printed.bar.case_id, concerning=printed.certificate.id)
    return views.certificate(uow, printed, holder)


@reads.post("/api/certificates/verification", **right("verify_certificate"))
async def verify_certificate(command: VerifyCertificate, uow: Uow) -> Verification:
    """Whether it holds, and until which day. A wrong code and a bar that ended have one answer."""
    bar = await certificates.verify(uow, command)
    return Verification(valid=bar is not None, until=local_date(bar.until) if bar and bar.until else None)
