"""From events of identification to use cases. Handlers take lists; the inbox sees that each event is applied once."""

from collections.abc import Sequence

from chassis import access
from chassis.inbox import Handler
from chassis.clock import utc_now
from chassis.outbox import emit
from chassis.projection import Projection
from chassis.schema import case_access
from nrm_events import Envelope, Event
from nrm_events import identification as heard
from nrm_events.fund import ConsentWithdrawalAcknowledged
from sqlalchemy.ext.asyncio import AsyncSession

from fund.tables import Base
from fund.use_cases import recognitions


async def case_opened(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The holder may know of its case (ID-7)."""
    opened = [e.data for e in envelopes if isinstance(e.data, heard.CaseOpened)]
    await access.allow(session, [(e.case_id, e.holder, "holder", e.effective_at) for e in opened])


async def victim_referred(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """From now on the agency it was handed to may know of the case (ID-7)."""
    referred = [e.data for e in envelopes if isinstance(e.data, heard.VictimReferred)]
    await access.allow(session, [(e.case_id, e.to, "referral", e.effective_at) for e in referred])


async def consent_granted(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The agency that the person agreed to may know of the case (ID-12); police only by the hand-over itself (ID-7)."""
    heard_of = [e.data for e in envelopes if isinstance(e.data, heard.ConsentGranted)]
    granted = [e for e in heard_of if not e.recipient.startswith("mia-")]
    await access.allow(session, [(e.case_id, e.recipient, f"consent:{e.consent_id}", e.effective_at) for e in granted])


async def sight_ended(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The consent lets its recipient see the case no more (ID-12)."""
    withdrawn = [e.data for e in envelopes if isinstance(e.data, heard.ConsentWithdrawn)]
    await access.end(session, [(e.case_id, e.recipient, f"consent:{e.consent_id}") for e in withdrawn])


async def consent_withdrawn(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """What rested on the consent ends, which here is who sees the case; then it is acknowledged (ID-12)."""
    await sight_ended(session, envelopes)
    for withdrawn in [e.data for e in envelopes if isinstance(e.data, heard.ConsentWithdrawn)]:
        emit(
            session,
            ConsentWithdrawalAcknowledged(
                effective_at=withdrawn.effective_at, case_id=withdrawn.case_id, consent_id=withdrawn.consent_id
            ),
        )


async def victim_presumed(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """A presumed or an NGO recognition joins the list (ID-8, FU-8)."""
    presumed = [e.data for e in envelopes if isinstance(e.data, heard.VictimPresumed)]
    rows = [(e.recognition_id, e.case_id, e.kind, e.effective_at) for e in presumed]
    await recognitions.add_recognitions(session, rows)


async def potential_victim_recorded(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """A potential victim has access to needs grants (ID-19); the line has the id of its case, so it is one."""
    recorded = [e.data for e in envelopes if isinstance(e.data, heard.PotentialVictimRecorded)]
    rows = [(e.case_id, e.case_id, "potential", e.effective_at) for e in recorded]
    await recognitions.add_recognitions(session, rows)


async def formal_listed(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The formal recognition joins the list (ID-8)."""
    identified = [e.data for e in envelopes if isinstance(e.data, heard.VictimIdentified)]
    rows = [(e.recognition_id, e.case_id, "formal", e.effective_at) for e in identified]
    await recognitions.add_recognitions(session, rows)


async def victim_identified(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The formal recognition joins the list and its allowance drafts itself, once (FU-1)."""
    await formal_listed(session, envelopes)
    identified = [e.data for e in envelopes if isinstance(e.data, heard.VictimIdentified)]
    await recognitions.draft_allowances(session, utc_now(), identified)


async def identification_declined(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """A person looks at what was granted; nothing is cancelled (ID-9)."""
    for declined in [e.data for e in envelopes if isinstance(e.data, heard.IdentificationDeclined)]:
        await recognitions.re_examine_claims(
            session, utc_now(), declined.case_id, "identification_declined", declined.effective_at
        )


async def line_ended(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The line of the list ends (ID-8)."""
    revoked = [e.data for e in envelopes if isinstance(e.data, heard.RecognitionRevoked)]
    await recognitions.revoke_recognitions(session, {e.recognition_id: e.effective_at for e in revoked})


async def recognition_revoked(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The line ends, and what it counted for is looked at again by a person (ID-9)."""
    await line_ended(session, envelopes)
    for event in [e.data for e in envelopes if isinstance(e.data, heard.RecognitionRevoked)]:
        await recognitions.re_examine_claims(
            session, utc_now(), event.case_id, "recognition_revoked", event.effective_at, event.kind
        )


HANDLERS: dict[type[Event], Handler] = {
    heard.CaseOpened: case_opened,
    heard.VictimReferred: victim_referred,
    heard.ConsentGranted: consent_granted,
    heard.ConsentWithdrawn: consent_withdrawn,
    heard.VictimPresumed: victim_presumed,
    heard.PotentialVictimRecorded: potential_victim_recorded,
    heard.VictimIdentified: victim_identified,
    heard.IdentificationDeclined: identification_declined,
    heard.RecognitionRevoked: recognition_revoked,
}

PROJECTIONS = {
    "cases": Projection(
        tables={case_access: "true", Base.metadata.tables["recognition"]: "true"},
        handlers={
            heard.CaseOpened: case_opened,
            heard.VictimReferred: victim_referred,
            heard.ConsentGranted: consent_granted,
            heard.ConsentWithdrawn: sight_ended,
            heard.VictimPresumed: victim_presumed,
            heard.PotentialVictimRecorded: potential_victim_recorded,
            heard.VictimIdentified: formal_listed,
            heard.RecognitionRevoked: line_ended,
        },
        begins=heard.CaseOpened,
    )
}
