"""Who may know of a case, why and since when, and who looked last (I8; ID-7, ID-12, ID-13)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from casework import access
from casework.bases import Basis
from chassis.schema import audit_entry
from sqlalchemy import func, select

from identification import answers, facts
from identification.resources import Work
from identification.tables import Case


async def answered(uow: Work, case: Case, bases: Collection[Basis]) -> dict[str, object]:
    """The agencies, with when each last looked; and whether the police are among them (ID-7)."""
    rows = await who_knows(uow, case, bases)
    police = await facts.police_among(uow, [row.agency for row in rows])
    looked = await _looked(uow, case.id)
    return {
        "who_knows": [
            answers.KnowsAnswer(
                agency=r.agency, basis=r.basis.name, since=r.since, about=r.basis.about, looked_at=looked.get(r.agency)
            )
            for r in rows
        ],
        "hidden_from_police": not police,
    }


async def _looked(uow: Work, case_id: UUID) -> Mapping[str, datetime]:
    """When each agency last read the person's identity, from the audit of the case (ID-13)."""
    entry = audit_entry.c
    readings = (entry.case_id == case_id, entry.action == "read_identity", entry.outcome == "done")
    found = select(entry.agency, func.max(entry.recorded_at)).where(*readings).group_by(entry.agency)
    return dict((await uow.session.execute(found)).tuples().all())


async def who_knows(uow: Work, case: Case, bases: Collection[Basis]) -> list[access.Access]:
    """Who may know of the case (ID-7). The formal body sees helpers only by a later consent."""
    rows = await access.who_knows(uow, case.id)
    if facts.has(bases, "holder"):
        return rows
    referral = await facts.referral_of(uow, case.id)
    since = referral.referred_at if referral else uow.now
    always = ("holder", "formal_body", "guardian_authority")
    helping = ("asked", "serves")
    shown = [r for r in rows if r.basis.name not in helping or r.agency == uow.actor.agency]
    return [r for r in shown if r.basis.name in always or r.agency == uow.actor.agency or r.since >= since]
