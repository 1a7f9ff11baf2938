"""The safe contact, requested of identification for each message (NO-2). It is never answered, logged or stored."""

from uuid import UUID

from chassis.client import Refused, ServiceClient
from nrm_events.base import Code
from pydantic import BaseModel, ConfigDict, Field

from notify.domain.contact import SafeContact

PURPOSE = "notification"


class SafeContactAnswer(BaseModel):
    """What identification answers. It becomes a SafeContact at once."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    channel: Code
    address: str = Field(max_length=254, repr=False)
    hours: str | None = Field(default=None, max_length=40)
    language: str | None = Field(default=None, max_length=16)
    languages: list[str] = Field(default=[], max_length=20)

    def contact(self) -> SafeContact:
        first = [self.language] if self.language else []
        return SafeContact(self.channel, self.address, self.hours, tuple(dict.fromkeys([*first, *self.languages])))


async def request_contact(identification: ServiceClient, case_id: UUID, message_id: UUID) -> SafeContact | None:
    """What is marked safe now; None when nothing is. Identification audits the read (ID-13)."""
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
    return SafeContactAnswer.model_validate(answer).contact() if answer else None
