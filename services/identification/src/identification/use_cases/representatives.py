"""Who is paid for a child or a represented person: known here, sealed, opened once for an order (FU-6)."""

from datetime import datetime
from uuid import UUID

from casework import access
from chassis.errors import NotFound
from sqlalchemy import select

from identification import facts
from identification.commands import Representative, ServeIdentity, SetRepresentative
from identification.domain import representatives as rules
from identification.domain.known import full_names, text
from identification.domain.representatives import REPRESENTATIVE
from identification.resources import Work
from identification.tables import Case, ChildStep
from identification.use_cases import cases, identity, person_fields


async def set_representative(uow: Work, case_id: UUID, command: SetRepresentative) -> Case:
    """Record who represents the person. The guardianship authority does so for children alone."""
    case = await cases.load(uow, case_id, for_="set_representative", read=command)
    is_child = case.age_group == "child"
    if not is_child and not await facts.is_holder(uow, case.id):
        raise access.NotForThisBasis("set_representative")
    known = command.representative
    if known is not None:
        rules.check_relation(known.relation, is_child=is_child, has_guardian=await _has_guardian(uow, case.id))
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    await _store(uow, case, known, at)
    facts_ = {"relation": known.relation, "reference": known.reference} if known else {"relation": None}
    cases.audit(uow, case, "set_representative", at, subject=f"person/{case.id}", **facts_)
    return case


async def guardian_changed(uow: Work, case: Case, at: datetime) -> None:
    """The guardian ended or another was appointed: who represented the child as guardian does so no longer (ID-5)."""
    stored = (await person_fields.open_person(uow, case.id)).get(REPRESENTATIVE)
    if isinstance(stored, dict) and stored["relation"] == "guardian":
        await _store(uow, case, None, at)
        cases.audit(uow, case, "set_representative", at, subject=f"person/{case.id}", relation=None)


async def _store(uow: Work, case: Case, representative: Representative | None, at: datetime) -> None:
    """Seal who represents the person, and let the Fund follow who is paid (FU-6)."""
    before = await person_fields.open_person(uow, case.id)
    value = representative.model_dump() if representative else None
    await person_fields.store(uow, case.id, {REPRESENTATIVE: value})
    is_child = case.age_group == "child"
    if rules.paid(before, is_child=is_child) != rules.paid(before | {REPRESENTATIVE: value}, is_child=is_child):
        cases.payee_changed(uow, case, at)


async def _has_guardian(uow: Work, case_id: UUID) -> bool:
    steps = select(ChildStep.outcome).where(ChildStep.case_id == case_id, ChildStep.step == "guardian")
    return await uow.session.scalar(steps.order_by(ChildStep.id.desc()).limit(1)) == "appointed"


async def payee(uow: Work, command: ServeIdentity) -> tuple[str, str | None]:
    """Name and number of whom one payment order pays; audited with the order and the releaser (FU-6).

    Never the child's or the represented person's own. NotPossible names what the claim would have to name.
    """
    case = await uow.session.get(Case, command.case_id)
    if case is None:
        raise NotFound
    known = await identity.serve(uow, "serve_payee", command)
    stored = known.get(REPRESENTATIVE)
    representative = Representative.model_validate(stored) if stored else None
    relation = representative.relation if representative else None
    rules.check_payee(
        command.payee,
        is_child=case.age_group == "child",
        relation=relation,
        has_guardian=await _has_guardian(uow, case.id),
    )
    if representative and command.payee == "representative":
        return representative.name, representative.identity_number
    return " ".join(full_names(known)[:1]), text(known, "prs_IdentityNumber") or None
