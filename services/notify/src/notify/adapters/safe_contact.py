"""The safe contact, requested of identification for each message (NO-2). It is never answered, logged or stored."""

from collections.abc import Collection
from uuid import UUID

from casework.safe_contact import SafeContact, read_contact
from chassis.client import Refused, ServiceClient

PURPOSE = "notification"


async def request_contact(
    identification: ServiceClient, case_id: UUID, message_id: UUID, languages: Collection[str]
) -> SafeContact | None:
    """What is marked safe now; None when nothing is. Unreachable where nobody can be written to by it.

    Identification audits the read (ID-13).
    """
    try:
        answer = await identification.post(
            "/api/internal/safe-contact",
            {
                "case_id": str(case_id),
                "purpose": PURPOSE,
                "on_behalf_of": "notify",
                "concerning": str(message_id),
            },
        )
    except Refused as refused:
        if refused.status == 404:
            return None
        raise
    return read_contact(answer, languages) if answer else None
