"""Which events let which agency know of a case: one table (ID-7, ID-12). Without a row the case does not exist for it.

Police (`mia-*`) learn of a case by its hand-over, or where they hold it, or where a shelter of theirs was asked to
take the person in, which the shelter service allows only for a case that was handed over.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """The agency in field `of` of the event, or the fixed `agency`, may know of the case for the reason `basis`."""

    event: str
    basis: str
    of: str | None = None
    agency: str | None = None


ACCESS: tuple[Access, ...] = (
    Access("identification.CaseOpened", "holder", of="holder"),
    Access("identification.VictimReferred", "referral", of="to"),
    Access("shelter.PlaceOffered", "shelter", of="operator"),
    Access("shelter.ShelterAdmitted", "shelter", of="operator"),
    Access("shelter.ShelterTransferred", "shelter", of="operator"),
    Access("shelter.HandoverRequested", "handover", of="to"),
    Access("repatriation.PermitApplied", "permit_application", agency="sms"),
    Access("repatriation.RemovalBarNoticed", "removal_bar", of="told"),
)


def consent_basis(consent_id: object) -> str:
    """The reason that a consent gives, so that its withdrawal ends this reason and no other (ID-12)."""
    return f"consent:{consent_id}"
