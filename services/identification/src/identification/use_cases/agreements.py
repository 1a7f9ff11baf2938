"""A child's case is not ended, nor the child declared adult, by one agency alone (ID-7)."""

from datetime import datetime

from chassis.errors import NotPossible
from sqlalchemy import select

from identification.resources import Work
from identification.tables import Case, EndingAgreement


async def check_childs_ending(uow: Work, case: Case, ending: str, at: datetime) -> None:
    """Take the guardianship authority's agreement to this ending, which counts once; for a child alone (ID-7).

    NotPossible `agreement_missing`; `same_person_agreed` where one person would be both.
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
    if agreement.agreed_by_person == uow.actor.sub:
        raise NotPossible("same_person_agreed", "The person who agreed does not end the case as well.")
    agreement.used_at = at


async def agreed_by_others(uow: Work, case: Case, ending: str, at: datetime) -> bool:
    """Whether another person of the guardianship authority agreed to this ending; the agreement is then used (ID-7)."""
    agreement = await _open_agreement(uow, case, ending)
    if agreement is None or agreement.agreed_by_person == uow.actor.sub:
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
        )
        .with_for_update()
    )
    return found
