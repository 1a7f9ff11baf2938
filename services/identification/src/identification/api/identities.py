"""The person behind a case: read for a purpose, corrected by version, and served to the two services that must ask."""

from uuid import UUID

from chassis import http
from chassis.errors import Forbidden
from chassis.http import Now, Session
from chassis.rights import Who, right
from fastapi import Request

from identification import schemas as s
from identification.api.intake import vault_of
from identification.queries import case_answer
from identification.use_cases import identity, reports

commands = http.commands()
reads = http.reads()


@reads.post("/api/cases/{case_id}/identity/reading", **right("read_identity"))
async def read_identity(
    request: Request, case_id: UUID, body: s.Reading, who: Who, session: Session
) -> s.IdentityAnswer:
    """Show the person for a purpose; who, when and why are audited before it is shown (ID-13)."""
    version, known = await identity.read_identity(
        session, vault_of(request), who, case_id, body.purpose, body.reference
    )
    account, contact = known.pop(identity.ACCOUNT, None), known.pop(identity.SAFE_CONTACT, None)
    return s.IdentityAnswer(version=version, htcds=known, account=account, safe_contact=contact)


@commands.post("/api/cases/{case_id}/identity", **right("correct_identity"))
async def correct_identity(
    request: Request, case_id: UUID, body: s.NewIdentity, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Correct fields of the person; stale edits are refused with both values."""
    kept = reports.checked({name: value for name, value in body.htcds.items() if value is not None}, now)
    values = {name: kept.get(name) for name in body.htcds}
    case = await identity.correct_identity(
        session, vault_of(request), who, case_id, body.version, values, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@commands.post("/api/cases/{case_id}/safe-contact", **right("set_safe_contact"))
async def set_safe_contact(
    request: Request, case_id: UUID, body: s.NewSafeContact, who: Who, session: Session, now: Now
) -> s.CaseAnswer:
    """Mark a channel safe, or none (NO-2)."""
    contact = body.contact.model_dump() if body.contact else None
    case = await identity.set_safe_contact(
        session, vault_of(request), who, case_id, body.version, contact, body.happened_at, now
    )
    return await case_answer(session, who, case, now)


@reads.post("/api/internal/payee", **right("serve_payee"))
async def serve_payee(request: Request, body: s.InternalReading, who: Who, session: Session) -> s.PayeeAnswer:
    """The payee of one payment order, for the Fund's releaser; audited here with the order (FU-6)."""
    _only(who.client, "fund", "serve_payee")
    known = await identity.payee(
        session,
        vault_of(request),
        who,
        body.case_id,
        body.purpose,
        on_behalf_of=body.on_behalf_of,
        concerning=str(body.concerning),
    )
    return s.PayeeAnswer(name=" ".join(identity.full_names(known)[:1]), identity_number=known.get("prs_IdentityNumber"))


@reads.post("/api/internal/safe-contact", **right("serve_safe_contact"))
async def serve_safe_contact(request: Request, body: s.InternalReading, who: Who, session: Session) -> s.ContactAnswer:
    """The channel marked safe, for one notification; 404 when there is none (NO-2)."""
    _only(who.client, "notify", "serve_safe_contact")
    contact = await identity.safe_contact(
        session,
        vault_of(request),
        who,
        body.case_id,
        body.purpose,
        on_behalf_of=body.on_behalf_of,
        concerning=str(body.concerning),
    )
    return s.ContactAnswer(**contact)


def _only(client: str, service: str, action: str) -> None:
    """A token of another service has no business here."""
    if client != service:
        raise Forbidden(action)
