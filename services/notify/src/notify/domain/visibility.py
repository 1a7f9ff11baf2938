"""Which events let which agency know of a case: one table (ID-7, ID-12). Without a row the case does not exist for it.

Police (`mia-*`) learn of a case by its hand-over, or where they hold it, or where a shelter of theirs was asked to
take the person in, which the shelter service allows only for a case that was handed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """The agency in field `of` of the event, or the fixed `agency`, may know of the case for the reason `basis`.

    `per` is the field whose id tells reasons of a kind apart.
    """

    event: str
    basis: str
    of: str | None = None
    agency: str | None = None
    per: str | None = None


ACCESS: tuple[Access, ...] = (
    Access("identification.ReferralAwaited", "holder", of="holder"),
    Access("identification.CaseOpened", "holder", of="holder"),
    Access("identification.VictimReferred", "referral", of="to"),
    Access("shelter.PlaceOffered", "shelter", of="operator"),
    Access("shelter.ShelterAdmitted", "shelter", of="operator"),
    Access("shelter.ShelterTransferred", "shelter", of="operator"),
    Access("shelter.HandoverRequested", "handover", of="to", per="handover_id"),
    Access("repatriation.PermitApplied", "permit_application", agency="sms"),
    Access("repatriation.RemovalBarNoticed", "removal_bar", of="told"),
)

ENDS: tuple[Access, ...] = (
    Access("shelter.HandoverDeclined", "handover", of="to", per="handover_id"),
    Access("shelter.HandoverWithdrawn", "handover", of="to", per="handover_id"),
    Access("repatriation.RemovalBarNoticeEnded", "removal_bar", of="told"),
)
"""Which events end such a reason (ID-12); that of a consent ends with the consent."""

SHOWS_ALL_CLOCKS = ("holder", "referral")
SHOWS_CLOCKS: Mapping[str, tuple[str, ...]] = {
    "shelter": ("place_offer", "stay", "handover"),
    "handover": ("handover",),
    "permit_application": ("permit_application", "opinion", "permit"),
    "removal_bar": ("removal_bar",),
}
"""Reason → kinds of clocks that it shows: what was told for one purpose shows nothing of another, such as who runs the
shelter (ID-12, SH-7). A clock on which the agency itself must act it sees as well."""


def consent_basis(consent_id: object) -> str:
    """The reason that a consent gives, so that its withdrawal ends this reason and no other (ID-12)."""
    return f"consent:{consent_id}"
