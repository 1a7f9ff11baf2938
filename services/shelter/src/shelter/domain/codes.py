"""Lists of codes. Nothing about a person is ever free text here."""

from typing import Literal, get_args

from nrm_events.taking_part import AGENCIES, AgencyKind

Category = Literal["adult", "child", "adult_with_children"]
Takes = Literal["adult_female", "adult_male", "adult_with_children", "child"]
"""Whom a house takes in."""
Sex = Literal["female", "male", "other", "unknown"]
AgeGroup = Literal["child", "adult", "unknown"]
Track = Literal["SexualExploitation", "ForcedLabour", "StreetChildren", "Other", "unknown"]
Need = Literal["step_free", "care_bed", "visual_alarm"]
Protection = Literal["protected", "standard", "unknown"]
RegionRule = Literal["prefer", "only", "avoid"]
Service = Literal[
    "lodging",
    "food",
    "medicine",
    "first_aid",
    "psychological",
    "social",
    "legal",
    "security",
    "telephone",
    "education",
]
SERVICES: tuple[str, ...] = get_args(Service)
AssistanceKind = Literal[
    "psychological", "legal", "medical", "social", "education", "employment", "housing", "documents", "benefits"
]
HandoverRefusal = Literal["no_capacity", "outside_our_work", "not_reachable", "person_does_not_wish", "safety"]
HandoverEnding = Literal[
    "support_completed",
    "person_does_not_wish",
    "not_reachable",
    "moved_away",
    "other_support_found",
    "no_capacity",
    "safety",
]
LeaveHow = Literal["left", "discharged", "transferred", "repatriated"]
Destination = Literal["vac", "ngo_shelter", "family", "independent"]
ConflictKind = Literal["recruiter", "exploiter", "relative_who_exploited", "threat", "other_party"]
ClosureReason = Literal["repair", "disinfection", "quarantine", "staff_shortage", "safety", "refurbishment"]
ExtensionReason = Literal[
    "recovery",
    "medical_treatment",
    "psychological_care",
    "child_interest",
    "school_year",
    "safety",
    "documents_pending",
    "housing_pending",
    "return_pending",
    "ready_to_leave",
    "other_place_found",
    "person_does_not_wish",
]
FitCode = Literal[
    "age_group",
    "sex",
    "track",
    "children_together",
    "accessibility",
    "region",
    "protection",
    "conflict",
    "full_nights",
    "out_of_use",
    "police_operator_case_hidden",
]
FitReason = Literal[
    "track_of_facility",
    "track_unknown",
    "track_any",
    "region_preferred",
    "region_other_or_unknown",
    "family_bed_larger_than_needed",
    "accessible_bed_not_needed",
    "closure_planned_later",
    "promised_later",
    "house_not_protected",
]
"""Why a place stands where it does among those that fit (SH-4)."""
RefusalReason = Literal[
    FitCode,
    "no_free_bed",
    "other_care_first",
    "withdrawn_by_person",
    "consent_withdrawn",
    "case_withdrawn",
    "case_closed",
]
ReExaminationOutcome = Literal["stay_goes_on", "next_steps_agreed"]
DeclineReason = Literal["not_given", "other_place_found", "place_does_not_suit", "returns_home"]
# ISO 3166-2:AZ, districts, cities and Nakhchivan; AZ-STA is none of it, and stays because it was published
# fmt: off
Region = Literal[
    "AZ-ABS", "AZ-AGA", "AZ-AGC", "AZ-AGM", "AZ-AGS", "AZ-AGU", "AZ-AST", "AZ-BA", "AZ-BAB", "AZ-BAL", "AZ-BAR",
    "AZ-BEY", "AZ-BIL", "AZ-CAB", "AZ-CAL", "AZ-CUL", "AZ-DAS", "AZ-FUZ", "AZ-GA", "AZ-GAD", "AZ-GOR", "AZ-GOY",
    "AZ-GYG", "AZ-HAC", "AZ-IMI", "AZ-ISM", "AZ-KAL", "AZ-KAN", "AZ-KUR", "AZ-LA", "AZ-LAC", "AZ-LAN", "AZ-LER",
    "AZ-MAS", "AZ-MI", "AZ-NA", "AZ-NEF", "AZ-NV", "AZ-NX", "AZ-OGU", "AZ-ORD", "AZ-QAB", "AZ-QAX", "AZ-QAZ",
    "AZ-QBA", "AZ-QBI", "AZ-QOB", "AZ-QUS", "AZ-SA", "AZ-SAB", "AZ-SAD", "AZ-SAH", "AZ-SAK", "AZ-SAL", "AZ-SAR",
    "AZ-SAT", "AZ-SBN", "AZ-SIY", "AZ-SKR", "AZ-SM", "AZ-SMI", "AZ-SMX", "AZ-SR", "AZ-STA", "AZ-SUS", "AZ-TAR",
    "AZ-TOV", "AZ-UCA", "AZ-XA", "AZ-XAC", "AZ-XCI", "AZ-XIZ", "AZ-XVD", "AZ-YAR", "AZ-YE", "AZ-YEV", "AZ-ZAN",
    "AZ-ZAQ", "AZ-ZAR",
]
# fmt: on

FIT_CODES: tuple[str, ...] = get_args(FitCode)


def example_of(kind: AgencyKind) -> str:
    """The code of an agency of this kind, for documents."""
    return next(code for code, agency in AGENCIES.items() if agency.kind == kind)
