"""What follows from other services' events: bars, notices, permits and returns (RP-4, ID-5, ID-9, ID-10, ID-12).

Each event is applied once and in the order of its case, after the projections. The topics of one case have no order
with each other, so nothing here depends on which came first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from casework.endings import CASE_WITHDRAWN, WITHDRAWN
from chassis.database import among
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, fund, identification
from nrm_events.repatriation import ConsentWithdrawalAcknowledged
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.domain import bars
from repatriation.facts import cases
from repatriation.tables import CaseFile
from repatriation.use_cases import bar_changes, permit_changes, re_examination
from repatriation.use_cases.bar_changes import lift_what_rests_on
from repatriation.use_cases.bar_notices import settle_notices
from repatriation.use_cases.bar_reconciliation import audit_missing_rules, reconcile
from repatriation.use_cases.permits import make_eligible
from repatriation.use_cases.projections import Recognised
from repatriation.use_cases.returns import withdraw_for_consent

Facts = identification.PersonFacts


def _times(events: Sequence[Envelope[identification.IdentificationEvent | fund.ClaimEvent]]) -> dict[UUID, datetime]:
    """When each case's event took effect."""
    return {event.data.case_id: event.data.effective_at for event in events}


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[Facts]]) -> None:
    """Citizenship and age decide which bars, permits and returns are for this person (RP-1, RP-4, RP-5, ID-5)."""
    at = _times(events)
    await reconcile(uow, at)
    await settle_notices(uow, at)
    citizens = await _became_citizens(uow, at)
    await permit_changes.re_examine(uow, citizens, "citizen_established")
    await re_examination.require_of_returns(uow, citizens, "citizen_established")
    await make_eligible(uow, at)


async def _became_citizens(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> dict[UUID, datetime]:
    """Those of the cases whose last event made the person a citizen."""
    found = select(CaseFile.case_id).where(
        among(CaseFile.case_id, at),
        CaseFile.citizenship == "citizen",
        CaseFile.citizenship_before.is_distinct_from("citizen"),
    )
    return {case_id: at[case_id] for case_id in await uow.session.scalars(found)}


async def recognised(uow: UnitOfWork, events: Sequence[Envelope[Recognised]]) -> None:
    """Considered a victim: the bar of RP-4, the child's bar, and with formal recognition the permit (RP-1, ID-8)."""
    at = _times(events)
    for event in events:
        is_child = event.data.age_group == "child"
        audit_missing_rules(uow, event.data.case_id, event.data.effective_at, is_child=is_child)
    await bar_changes.settle_re_examination(uow, at)
    await permit_changes.settle_re_examination(uow, at)
    await re_examination.settle_returns(uow, at)
    await person_facts_changed(uow, events)


async def identification_declined(
    uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationDeclined]]
) -> None:
    """ID-9: nothing is cancelled silently; what was granted waits for a person to re-examine it."""
    await _re_examine(uow, _times(events), "identification_declined")


async def recognition_revoked(uow: UnitOfWork, events: Sequence[Envelope[identification.RecognitionRevoked]]) -> None:
    """ID-9: nothing is cancelled silently; what was granted waits for a person to re-examine it."""
    await _re_examine(uow, _times(events), "recognition_revoked")


async def _re_examine(uow: UnitOfWork, at: Mapping[UUID, datetime], reason: str) -> None:
    await bar_changes.re_examine(uow, at, reason)
    await permit_changes.re_examine(uow, at, reason)
    await re_examination.require_of_returns(uow, at, reason)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The person withdrew from the mechanism: permits and open returns are looked at again (ID-9).

    Bars stand, for they protect. No permit that rests on the prosecuting body's own duty is marked (ID-11).
    """
    withdrawn = _times([event for event in events if event.data.outcome == WITHDRAWN])
    await permit_changes.re_examine(uow, withdrawn, CASE_WITHDRAWN)
    await re_examination.require_of_returns(uow, withdrawn, CASE_WITHDRAWN)


async def reflection_started(uow: UnitOfWork, events: Sequence[Envelope[identification.ReflectionStarted]]) -> None:
    """ID-10: removal is barred until the period ends."""
    await reconcile(uow, _times(events))


async def reflection_ended(uow: UnitOfWork, events: Sequence[Envelope[identification.ReflectionEnded]]) -> None:
    """ID-10: the period is over, by its time or by the person's wish, and its bar with it."""
    ended = {e.data.case_id: (e.data.reflection_id, e.data.effective_at) for e in events}
    await lift_what_rests_on(uow, "reflection", ended)


async def consent_granted(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentGranted]]) -> None:
    """RP-4, ID-12: with consent the migration service is notified of the bars that stand."""
    await settle_notices(uow, _times([event for event in events if _is_for_notices(event.data)]))


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentWithdrawn]]) -> None:
    """ID-12: what rests on the consent ends, and the end is acknowledged; a bar itself never rests on one (RP-4)."""
    await settle_notices(uow, _times([event for event in events if _is_for_notices(event.data)]))
    await _end_prepared_returns(uow, [event.data for event in events if event.data.purpose == "return"])
    for event in events:
        ended = event.data
        uow.emit(
            ConsentWithdrawalAcknowledged(
                effective_at=ended.effective_at, case_id=ended.case_id, consent_id=ended.consent_id
            )
        )


async def _end_prepared_returns(uow: UnitOfWork, withdrawn: Sequence[identification.ConsentWithdrawn]) -> None:
    """ID-12: what was prepared under the consent ends, unless another consent to the agency stands."""
    standing = await cases.consents(uow, {e.case_id for e in withdrawn}, "return") if withdrawn else ()
    ended = {(e.case_id, e.recipient): e.effective_at for e in withdrawn}
    await withdraw_for_consent(uow, {of: at for of, at in ended.items() if of not in standing})


def _is_for_notices(consent: identification.ConsentEvent) -> bool:
    return (consent.recipient, consent.purpose) == (MIGRATION_SERVICE, bars.NOTICE_PURPOSE)


async def claim_open(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """RP-4, RP-5: an open claim is shown before a return; one for damage raises a hold that advises."""
    await reconcile(uow, _times(events))


async def claim_rejected(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimRejected]]) -> None:
    """A rejection that can be appealed settles nothing yet (RP-4, RP-5)."""
    await claim_settled(uow, [event for event in events if event.data.final])
    await claim_open(uow, [event for event in events if not event.data.final])


async def claim_settled(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """The claim was paid, rejected or cancelled; its hold ends (RP-4)."""
    ended = {e.data.case_id: (e.data.claim_id, e.data.effective_at) for e in events}
    await lift_what_rests_on(uow, "open_claim", ended)
