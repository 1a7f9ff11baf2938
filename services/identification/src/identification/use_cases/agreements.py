"""A child's case is not ended, nor the child declared adult, by one agency alone (ID-7)."""

from datetime import datetime
from uuid import UUID

from chassis.errors import NotPossible
from sqlalchemy import select, update

from identification.commands import WithdrawAgreement
from identification.resources import Work
from identification.tables import Case, EndingAgreement
from identification.use_cases import cases


async def check_childs_ending(uow: Work, case: Case, ending: str, at: datetime) -> None:
    """Take another agency's agreement to this ending, which counts once; for a child alone (ID-7).

    NotPossible `agreement_missing`; `agreed_by_own_agency`, `same_person_agreed` where one would be both.
    """
    if case.age_group != "child":
        return
    agreement = await _open_agreement(uow, case, ending)
    if agreement is None:
        raise NotPossible(
            "agreement_missing",
            "A child's case is ended only with the guardianship authority's agreement to it.",
            facts={"ending": ending},
        )
    if agreement.agreed_by == uow.actor.agency:
        raise NotPossible("agreed_by_own_agency", "The agency that agreed does not end the case as well.")
    if agreement.agreed_by_person == uow.actor.sub:
        raise NotPossible("same_person_agreed", "The person who agreed does not end the case as well.")
    agreement.used_at = at


async def void_agreements(uow: Work, case: Case, at: datetime) -> None:
    """Agreements to end the case are void after a new decision or a reopening (ID-7).

    They were about the case as it stood. The agreement that the person is adult is about the age, and stands.
    """
    open_ones = update(EndingAgreement).where(
        EndingAgreement.case_id == case.id,
        EndingAgreement.ending != "establish_as_adult",
        EndingAgreement.used_at.is_(None),
        EndingAgreement.void_since.is_(None),
    )
    await uow.session.execute(open_ones.values(void_since=at))


async def withdraw(uow: Work, case_id: UUID, command: WithdrawAgreement) -> Case:
    """The agency that agreed takes its word back before it is used (ID-7). NotPossible `no_agreement`."""
    case = await cases.load(uow, case_id, for_="withdraw_agreement")
    agreement = await _open_agreement(uow, case, command.ending)
    if agreement is None or agreement.agreed_by != uow.actor.agency:
        raise NotPossible("no_agreement", "No agreement to this ending stands.", facts={"ending": command.ending})
    at = uow.effective(command.happened_at, not_before=agreement.agreed_at)
    agreement.void_since = at
    subject = f"ending-agreement/{agreement.id}"
    cases.audit(uow, case, "withdraw_agreement", at, subject=subject, ending=agreement.ending)
    return case


async def agreed_by_others(uow: Work, case: Case, ending: str, at: datetime) -> bool:
    """Whether another agency, by another person, agreed to this ending; the agreement is then used (ID-7)."""
    agreement = await _open_agreement(uow, case, ending)
    if agreement is None or uow.actor.agency == agreement.agreed_by or uow.actor.sub == agreement.agreed_by_person:
        return False
    agreement.used_at = at
    return True


async def _open_agreement(uow: Work, case: Case, ending: str) -> EndingAgreement | None:
    found: EndingAgreement | None = await uow.session.scalar(
        select(EndingAgreement)
        .where(
            EndingAgreement.case_id == case.id,
            EndingAgreement.ending == ending,
            EndingAgreement.used_at.is_(None),
            EndingAgreement.void_since.is_(None),
        )
        .with_for_update()
    )
    return found
