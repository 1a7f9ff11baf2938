"""Certificates of removal bars: one for each bar, end and issuer, with a number that officers verify (RP-4)."""

import hmac
import secrets
from uuid import UUID

from casework import access
from chassis.clock import new_id
from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from repatriation.commands import VerifyCertificate
from repatriation.domain import bars
from repatriation.facts.certificates import Printed
from repatriation.facts.visibility import find
from repatriation.tables import Bar, Certificate

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another


async def issue(uow: UnitOfWork, bar_id: UUID) -> Printed:
    """Issue the certificate, or take the one that this agency issued before. Both are audited (ID-13).

    NotPossible `bar_not_standing`, `only_advises`.
    """
    row, own = await find(uow, Bar, bar_id, for_="print_certificate")
    if not _stands(uow, row):
        raise NotPossible("bar_not_standing", "The bar does not stand any more.")
    if row.advisory:
        raise NotPossible("only_advises", "The hold advises; it bars nothing.")
    values = {"bar_id": row.id, "case_id": row.case_id, "agency": uow.actor.agency, "until": row.until}
    codes = {"number": _code(4, 4), "verification": _code(5, 5)}
    new = {"id": new_id(), "issued_by": uow.actor.sub, "issued_at": uow.now}
    await uow.session.execute(upsert(Certificate).values(values | codes | new).on_conflict_do_nothing())
    issued = await uow.session.scalars(
        select(Certificate).where(
            Certificate.bar_id == row.id,
            Certificate.agency == uow.actor.agency,
            Certificate.until.is_not_distinct_from(row.until),
        )
    )
    uow.audit(
        "print_certificate", kind="read", purpose=bars.NOTICE_PURPOSE, case_id=row.case_id, subject=f"bar/{row.id}"
    )
    return Printed(row, issued.one(), access.gives(uow, "read_holder_name", own))


async def verify(uow: UnitOfWork, command: VerifyCertificate) -> Bar | None:
    """The bar of a certificate that holds today. A wrong number, a wrong code and an ended bar are None alike."""
    found = select(Certificate.verification, Bar).join(Bar, Bar.id == Certificate.bar_id)
    row = (await uow.session.execute(found.where(Certificate.number == command.number))).one_or_none()
    stored = row.verification if row else _code(5, 5)
    is_right = hmac.compare_digest(stored, command.check)
    bar: Bar | None = row.Bar if row and is_right and _stands(uow, row.Bar) else None
    uow.audit(
        "verify_certificate",
        kind="read",
        purpose=bars.NOTICE_PURPOSE,
        case_id=bar.case_id if bar else None,
        outcome="done" if bar else "invalid",
    )
    return bar


def _stands(uow: UnitOfWork, bar: Bar) -> bool:
    return bar.state == "standing" and (bar.until is None or bar.until >= uow.now)


def _code(*groups: int) -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(length)) for length in groups)
