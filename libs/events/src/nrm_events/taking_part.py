"""Who takes part in the mechanism from the start, and of which kind. `exchange.AgencyJoined` adds who joins later.

Rules go by the kind of an agency and never by its code (docs/adr/0021).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AGENCY_CLIENT = "agency-"
"""How the Keycloak client of an agency's own system begins; the agency's code follows."""
AGENCY_ROLE = "agency-system"
"""The one role of an agency's own system."""

AgencyKind = Literal[
    "police",
    "migration",
    "border",
    "labour",
    "health",
    "education",
    "child_protection",
    "justice",
    "social_support",
    "ngo",
    "international",
    "consular",
    "union",
    "fund",
    "oversight",
]


@dataclass(frozen=True)
class Participant:
    """An agency that takes part: its name in English and its kind."""

    name: str
    kind: AgencyKind


AGENCIES: Mapping[str, Participant] = {
    "mia-special": Participant("Main Department for Combating Trafficking, Ministry of Internal Affairs", "police"),
    "mia-shelter": Participant("Shelters of the Ministry of Internal Affairs", "police"),
    "mia-hotline": Participant("Hotline 152", "police"),
    "sms": Participant("State Migration Service", "migration"),
    "sbs": Participant("State Border Service", "border"),
    "mlspp": Participant("Ministry of Labour and Social Protection of Population", "labour"),
    "vac": Participant("Victim Assistance Centre", "social_support"),
    "moh": Participant("Ministry of Health", "health"),
    "moe": Participant("Ministry of Education", "education"),
    "scfwca": Participant("State Committee for Family, Women and Children Affairs", "child_protection"),
    "moj": Participant("Courts, prosecutors, the Bar Association", "justice"),
    "ngo-clean-world": Participant("Clean World", "ngo"),
    "ngo-amc": Participant("Azerbaijan Migration Centre", "ngo"),
    "ngo-acu": Participant("Azerbaijan Children's Union", "ngo"),
    "ngo-clrpl": Participant("Citizens' Labour Rights Protection League", "ngo"),
    "iom": Participant("International Organization for Migration", "international"),
    "consulates": Participant("Diplomatic missions abroad", "consular"),
    "unions": Participant("Trade unions", "union"),
    "fund": Participant("Fund for Assistance to Victims", "fund"),
    "coordinator": Participant("National Coordinator and the Interagency Commission", "oversight"),
    "ombudsman": Participant("Commissioner for Human Rights", "oversight"),
}

SPECIAL_POLICE_BODY = "mia-special"
"""The body to which cases are handed over (ID-7) and which prosecutes."""

MIGRATION_SERVICE = "sms"
"""The body that is notified of removal bars and issues residence permits (RP-1, RP-4)."""

FUND = "fund"
"""The body that decides about claims and pays (FU-6)."""

GUARDIANSHIP_AUTHORITY = "scfwca"
"""The body that knows of every child by law (ID-5, ID-6)."""


FUND = "fund"
"""The legal person that pays allowances, grants and compensation (FU-1 … FU-3)."""


def is_police(kind: str | None) -> bool:
    """Whether an agency of this kind is police. An unknown kind counts as police, so that it learns nothing (ID-7)."""
    return kind is None or kind == "police"
