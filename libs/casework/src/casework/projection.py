"""Who may know of which case, by the events of every service (ID-5, ID-7, ID-12, RP-4). The same rows in each.

A service does not subscribe to its own events: it writes those rows itself, in the transaction of the act.
"""

from collections.abc import Sequence
from typing import Any

from chassis.subscription import Subscription
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, exchange, identification, repatriation, shelter
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY
from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert as upsert

from casework.access import (
    Access,
    Ended,
    end_formal_body,
    grant,
    reopen_formal_body,
    revoke_consents_of,
    revoke_each,
)
from casework.agencies import police_among
from casework.bases import FORMAL_BODY, GUARDIAN_AUTHORITY, HOLDER, consent, requested, serves, told_of_bar
from casework.tables import joined_agency


async def case_opened(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseOpened]]) -> None:
    """The holder may know of its case; the guardianship authority of every child's, by law (ID-5)."""
    opened = [event.data for event in events]
    rows = [Access(e.case_id, e.holder, HOLDER, e.effective_at) for e in opened]
    await grant(uow, rows + [guardianship(e) for e in opened if opens_to_guardianship(e)])


def opens_to_guardianship(facts: identification.PersonFacts) -> bool:
    """Whether the guardianship authority knows of the case by law: its own doubt alone opens nothing to it (ID-5)."""
    return facts.age_group == "child" and not facts.doubted_by_guardianship


def guardianship(facts: identification.PersonFacts) -> Access:
    """The guardianship authority knows of a child's case, by doubt or known (ID-5)."""
    return Access(facts.case_id, GUARDIANSHIP_AUTHORITY, GUARDIAN_AUTHORITY, facts.effective_at)


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """The guardianship authority follows the age: it knows of a child's case until the person is adult (ID-5)."""
    await grant(uow, [guardianship(e.data) for e in events if opens_to_guardianship(e.data)])
    adults = [event.data.case_id for event in events if event.data.age_group == "adult"]
    await revoke_each(uow, [Ended(case_id, GUARDIAN_AUTHORITY.name) for case_id in adults])


async def holder_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.HolderChanged]]) -> None:
    """Another agency holds the case; the former one holds it no more (ID-20)."""
    await revoke_each(uow, [Ended(event.data.case_id, HOLDER.name) for event in events])
    await grant(uow, [Access(e.data.case_id, e.data.holder, HOLDER, e.data.effective_at) for e in events])


async def victim_referred(uow: UnitOfWork, events: Sequence[Envelope[identification.VictimReferred]]) -> None:
    """The body that the case was handed over to may know of it from now on (ID-7)."""
    await grant(uow, [Access(e.data.case_id, e.data.to, FORMAL_BODY, e.data.effective_at) for e in events])


async def consent_granted(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentGranted]]) -> None:
    """The recipient may know of the case for the purpose (ID-12); police learn of it by the hand-over alone (ID-7)."""
    granted = [event.data for event in events]
    await grant(uow, [consent_row(g) for g in granted], stated={g.recipient: g.recipient_kind for g in granted})


def consent_row(granted: identification.ConsentEvent) -> Access:
    basis = consent(granted.purpose, granted.data_class, granted.consent_id)
    return Access(granted.case_id, granted.recipient, basis, granted.effective_at)


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentWithdrawn]]) -> None:
    """The recipient knows of the case by this consent no more (ID-12)."""
    await revoke_each(uow, [Ended(event.data.case_id, "consent", event.data.consent_id) for event in events])


async def place_offered(uow: UnitOfWork, events: Sequence[Envelope[shelter.PlaceOffered]]) -> None:
    """The operator may accept or decline to take the person in (SH-4)."""
    rows = [
        Access(e.data.case_id, e.data.operator, requested("place", e.data.stay_id), e.data.effective_at) for e in events
    ]
    await grant(uow, rows)


async def place_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[shelter.PlaceWithdrawn]]) -> None:
    """The request ended without admission (SH-4)."""
    await revoke_each(uow, [Ended(event.data.case_id, "asked", event.data.stay_id) for event in events])


async def shelter_admitted(uow: UnitOfWork, events: Sequence[Envelope[shelter.ShelterAdmitted]]) -> None:
    """The operator serves the person as long as the stay goes on (SH-1)."""
    stays = [event.data for event in events]
    await revoke_each(uow, [Ended(stay.case_id, "asked", stay.stay_id) for stay in stays])
    await grant(uow, [Access(s.case_id, s.operator, serves("place", s.stay_id), s.effective_at) for s in stays])


async def shelter_left(uow: UnitOfWork, events: Sequence[Envelope[shelter.ShelterLeft]]) -> None:
    """The stay ended, and with it the reason of its operator (SH-2)."""
    await revoke_each(uow, [Ended(event.data.case_id, "serves", event.data.stay_id) for event in events])


async def handover_requested(uow: UnitOfWork, events: Sequence[Envelope[shelter.HandoverRequested]]) -> None:
    """The agency may accept or decline to take the support over (SH-8)."""
    requests = [event.data for event in events]
    await grant(uow, [Access(r.case_id, r.to, requested("handover", r.handover_id), r.effective_at) for r in requests])


async def handover_acknowledged(uow: UnitOfWork, events: Sequence[Envelope[shelter.HandoverAcknowledged]]) -> None:
    """It took the support over and serves the person (SH-8)."""
    taken = [event.data for event in events]
    await revoke_each(uow, [Ended(one.case_id, "asked", one.handover_id) for one in taken])
    rows = [Access(one.case_id, one.to, serves("handover", one.handover_id), one.effective_at) for one in taken]
    await grant(uow, rows)


async def handover_ended(
    uow: UnitOfWork,
    events: Sequence[Envelope[shelter.HandoverDeclined | shelter.HandoverWithdrawn | shelter.HandoverEnded]],
) -> None:
    """It declined, the request ended before its answer, or its support ended (SH-8, ID-12)."""
    ended = [event.data for event in events]
    await revoke_each(uow, [Ended(one.case_id, name, one.handover_id) for one in ended for name in ("asked", "serves")])


async def bar_noticed(uow: UnitOfWork, events: Sequence[Envelope[repatriation.RemovalBarNoticed]]) -> None:
    """The migration service is notified that a removal bar stands, or stands no more (RP-4)."""
    notices = [event.data for event in events]
    await grant(uow, [Access(n.case_id, n.told, told_of_bar(n.bar_id), n.effective_at) for n in notices if n.stands])
    await revoke_each(uow, [Ended(n.case_id, "told_of_bar", n.bar_id) for n in notices if not n.stands])


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """The body that the case was handed over to reads its own record, and acts no more (ID-7)."""
    await end_formal_body(uow, *(event.data.case_id for event in events))


async def case_reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The body that the case was handed over to acts in it again, where it had been closed (ID-9)."""
    await reopen_formal_body(uow, *(event.data.case_id for event in events))


async def bar_notice_ended(uow: UnitOfWork, events: Sequence[Envelope[repatriation.RemovalBarNoticeEnded]]) -> None:
    """The person took the consent back, or the last bar ended (RP-4)."""
    await revoke_each(uow, [Ended(event.data.case_id, "told_of_bar") for event in events])


async def agency_joined(uow: UnitOfWork, events: Sequence[Envelope[exchange.AgencyJoined]]) -> None:
    """The agency takes part from now on, and of this kind. One that is police knows of no case by consent (ID-7)."""
    joined = [event.data for event in events]
    row = upsert(joined_agency)
    stored = row.on_conflict_do_update(index_elements=["code"], set_={"kind": row.excluded.kind, "removed_at": None})
    rows = [{"code": one.agency, "kind": one.kind, "joined_at": one.effective_at} for one in joined]
    await uow.session.execute(stored, rows)
    await revoke_consents_of(uow, *sorted(await police_among(uow, {one.agency for one in joined})))


async def agency_removed(uow: UnitOfWork, events: Sequence[Envelope[exchange.AgencyRemoved]]) -> None:
    """What was agreed with the agency ended (ID-12); its kind is still known (ID-7)."""
    agency = update(joined_agency).where(joined_agency.c.code == bindparam("agency"))
    removed = [{"agency": event.data.agency, "at": event.data.effective_at} for event in events]
    await uow.session.execute(agency.values(removed_at=bindparam("at")), removed)


_EVERY: tuple[Subscription[Any], ...] = (
    Subscription(identification.CaseOpened, project=case_opened),
    Subscription(identification.PersonFactsChanged, project=person_facts_changed),
    Subscription(identification.VictimPresumed, project=person_facts_changed),
    Subscription(identification.VictimIdentified, project=person_facts_changed),
    Subscription(identification.HolderChanged, project=holder_changed),
    Subscription(identification.VictimReferred, project=victim_referred),
    Subscription(identification.CaseClosed, project=case_closed),
    Subscription(identification.IdentificationReopened, project=case_reopened),
    Subscription(identification.ConsentGranted, project=consent_granted),
    Subscription(identification.ConsentWithdrawn, project=consent_withdrawn),
    Subscription(shelter.PlaceOffered, project=place_offered),
    Subscription(shelter.PlaceWithdrawn, project=place_withdrawn),
    Subscription(shelter.ShelterAdmitted, project=shelter_admitted),
    Subscription(shelter.ShelterLeft, project=shelter_left),
    Subscription(shelter.HandoverRequested, project=handover_requested),
    Subscription(shelter.HandoverAcknowledged, project=handover_acknowledged),
    Subscription(shelter.HandoverDeclined, project=handover_ended),
    Subscription(shelter.HandoverWithdrawn, project=handover_ended),
    Subscription(shelter.HandoverEnded, project=handover_ended),
    Subscription(repatriation.RemovalBarNoticed, project=bar_noticed),
    Subscription(repatriation.RemovalBarNoticeEnded, project=bar_notice_ended),
    Subscription(exchange.AgencyJoined, react=agency_joined),
    Subscription(exchange.AgencyRemoved, react=agency_removed),
)


def access_subscriptions(service: str) -> tuple[Subscription[Any], ...]:
    """What a service subscribes to so that it knows who may know of which case, and who takes part."""
    return tuple(subscription for subscription in _EVERY if subscription.event.service != service)
