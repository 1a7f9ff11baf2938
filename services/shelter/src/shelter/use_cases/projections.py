"""Rows that follow from identification's events alone, and are made anew by a rebuild (docs/adr/0017)."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from chassis.bulk import as_lists, insert_lists
from chassis.database import update_alike
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification
from nrm_events.reference import case_reference
from sqlalchemy import delete, select, update

from shelter.domain.care import SUPPORT_PURPOSES
from shelter.tables import Agreement, Base, CaseFacts

_GROWN_UP = ("child", "adult")
_FACTS, _AGREEMENTS = (Base.metadata.tables[table.__tablename__] for table in (CaseFacts, Agreement))
_OPEN = insert_lists(_FACTS, "case_id", "case_ref", "age_group", "opened_at").on_conflict_do_nothing()
_AGREE = insert_lists(_AGREEMENTS, *_AGREEMENTS.c.keys()).on_conflict_do_nothing()


async def case_opened(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseOpened]]) -> None:
    """The age group decides which places fit (SH-4)."""
    rows = [
        {
            "case_id": e.data.case_id,
            "case_ref": case_reference(e.data.case_id),
            "age_group": e.data.age_group,
            "opened_at": e.data.effective_at,
        }
        for e in events
    ]
    await uow.session.execute(_OPEN, as_lists(rows))


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """The age group as established last, and until when a grown-up counted as a child (ID-5)."""
    rows = await uow.session.scalars(select(CaseFacts).where(CaseFacts.case_id.in_([e.data.case_id for e in events])))
    cases = {row.case_id: row for row in rows}
    for facts in (event.data for event in events):
        known = cases.get(facts.case_id)
        if known is not None and known.age_group != facts.age_group:
            known.child_until = facts.effective_at if (known.age_group, facts.age_group) == _GROWN_UP else None
            known.age_group, known.age_changed_at = facts.age_group, facts.effective_at
    update_alike(cases.values())


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """How the case ended: one that the person withdrew takes no new request (SH-4, SH-8)."""
    ended: dict[str, list[UUID]] = defaultdict(list)
    for event in events:
        ended[event.data.outcome].append(event.data.case_id)
    for outcome, case_ids in ended.items():
        await uow.session.execute(update(CaseFacts).where(CaseFacts.case_id.in_(case_ids)).values(outcome=outcome))


async def case_reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The case goes on again (ID-9)."""
    reopened = [event.data.case_id for event in events]
    await uow.session.execute(update(CaseFacts).where(CaseFacts.case_id.in_(reopened)).values(outcome=None))


async def consent_granted(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentGranted]]) -> None:
    """The person agreed that an agency helps with a place or support; police bodies included (ID-12)."""
    rows = [
        {
            "consent_id": e.data.consent_id,
            "case_id": e.data.case_id,
            "recipient": e.data.recipient,
            "purpose": e.data.purpose,
            "since": e.data.effective_at,
        }
        for e in events
        if e.data.purpose in SUPPORT_PURPOSES
    ]
    if rows:
        await uow.session.execute(_AGREE, as_lists(rows))


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentWithdrawn]]) -> None:
    """The agreement stands no more (ID-12)."""
    ended = [event.data.consent_id for event in events]
    await uow.session.execute(delete(Agreement).where(Agreement.consent_id.in_(ended)))
