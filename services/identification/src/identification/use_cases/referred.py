"""Referrals of agencies' systems: the person comes over HTTPS and waits under a handle; the message names it (ID-1)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from casework import agencies
from chassis.clock import new_id
from chassis.errors import Fault, Invalid, NotPossible
from nrm_events import exchange
from nrm_events.agencies import AgreedConsent
from pydantic import ValidationError
from sqlalchemy import delete, select

from identification.adapters.vault import Unreadable
from identification.commands import ConsentDetails, ReceiveReport, RecordConsent, StoreForReferral
from identification.parameters import parameter
from identification.resources import Work
from identification.tables import Case, ReferralHandle
from identification.use_cases.consents import grant
from identification.use_cases.reports import check_report, receive_report

_FIELD = "referral"
_AT_ONCE = 500


async def store_for_referral(uow: Work, command: StoreForReferral) -> tuple[ReferralHandle, Sequence[Fault]]:
    """Seal what a referral reports of the person, under a key of its own, until a message names it (ID-13).

    The second value are warnings of contacts that reach nobody.
    """
    report = check_report(command, uow.now)
    vault = uow.resources.vault
    handle_id = new_id()
    key = vault.new_person_key(handle_id)
    handle = ReferralHandle(
        id=handle_id,
        agency=uow.actor.agency,
        wrapped_key=key,
        sealed=vault.seal(handle_id, key, _FIELD, command.model_dump_json()),
        good_until=uow.now + timedelta(hours=parameter("referral_handle_hours", uow.now)),
    )
    uow.session.add(handle)
    uow.audit("keep_for_referral", subject=f"referral-handle/{handle_id}", at=uow.now)
    return handle, report.warnings


async def receive_referral(uow: Work, submission: exchange.ReferralSubmitted) -> UUID:
    """The report of an agency's system (ID-1), and what the person agreed to (ID-12); its case.

    NotPossible `handle_unknown`: used before, too old, or another agency's.
    """
    handle = await uow.session.scalar(
        delete(ReferralHandle)
        .where(
            ReferralHandle.id == submission.handle_id,
            ReferralHandle.agency == uow.actor.agency,
            ReferralHandle.good_until > uow.now,
        )
        .returning(ReferralHandle)
    )
    if handle is None:
        raise NotPossible("handle_unknown", "The handle was used, is too old, or is not yours.")
    stored = uow.resources.vault.open(handle.id, handle.wrapped_key, _FIELD, handle.sealed)
    try:
        person = StoreForReferral.model_validate_json(stored)
        report = ReceiveReport.model_validate(
            person.model_dump(exclude={"consent"}) | {"happened_at": submission.effective_at}
        )
        consents = [_consent(person.consent, agreed, submission) for agreed in submission.consents]
    except ValidationError:
        raise Invalid("payload_malformed", "Unknown code or invalid time.") from None
    received = await receive_report(uow, report)
    case = await uow.session.get_one(Case, received.case_id)
    for consent in consents:
        await agencies.check_takes_part(uow, consent.recipient, "consents.recipient")
        await grant(uow, case, consent)
    return case.id


def _consent(
    details: ConsentDetails | None, agreed: AgreedConsent, submission: exchange.ReferralSubmitted
) -> RecordConsent:
    """Without who agreed, how and to which text there is no grant (ID-12)."""
    if details is None:
        raise Invalid("consent_details_missing", "State with the handle who agreed, how, and to which text.")
    fields: dict[str, object] = details.model_dump() | agreed.model_dump()
    return RecordConsent.model_validate(fields | {"happened_at": submission.effective_at})


async def forget_handles(uow: Work) -> None:
    """What nobody named in time is gone, with its key."""
    old = select(ReferralHandle.id).where(ReferralHandle.good_until <= uow.now).limit(_AT_ONCE)
    await uow.session.execute(delete(ReferralHandle).where(ReferralHandle.id.in_(old)))


async def rewrap_handles(uow: Work) -> tuple[int, int]:
    """Wrap their keys by the present master key; how many were wrapped, and how many could not be opened."""
    vault = uow.resources.vault
    rows = await uow.session.scalars(select(ReferralHandle).with_for_update())
    old = [handle for handle in rows if not vault.is_current(handle.wrapped_key)]
    done = 0
    for handle in old:
        try:
            handle.wrapped_key = vault.rewrap(handle.id, handle.wrapped_key)
        except Unreadable:
            continue
        done += 1
    return done, len(old) - done
