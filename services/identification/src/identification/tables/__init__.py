"""What identification stores."""

from identification.tables.appeals import Appeal
from identification.tables.assessment import Decision, Opinion, RecognitionRow, Screening
from identification.tables.base import Base
from identification.tables.cases import (
    Case,
    Disclosure,
    HolderOffer,
    Referral,
    Reflection,
    Report,
    RightsExplanation,
    UnnamedNotice,
)
from identification.tables.children import AgeDoubt, AgeFinding, ChildStep, EndingAgreement
from identification.tables.consents import Consent, ConsentAcknowledgement, Refusal
from identification.tables.persons import (
    FormerValue,
    NameWord,
    Person,
    PersonField,
    PersonWord,
    ReferralHandle,
    SearchDigest,
)
from identification.tables.progress import CaseCount, CaseCountChange, CaseProgress
from identification.tables.same_person import SamePersonSearch, SamePersonTask

__all__ = [
    "AgeDoubt",
    "AgeFinding",
    "Appeal",
    "Base",
    "Case",
    "CaseCount",
    "CaseCountChange",
    "CaseProgress",
    "ChildStep",
    "Consent",
    "ConsentAcknowledgement",
    "Decision",
    "Disclosure",
    "EndingAgreement",
    "FormerValue",
    "HolderOffer",
    "NameWord",
    "Opinion",
    "Person",
    "PersonField",
    "PersonWord",
    "RecognitionRow",
    "Referral",
    "ReferralHandle",
    "Reflection",
    "Refusal",
    "Report",
    "RightsExplanation",
    "SamePersonSearch",
    "SamePersonTask",
    "Screening",
    "SearchDigest",
    "UnnamedNotice",
]

CONSTRAINTS = {
    "uq_recognition_formal": ("already_recognised", "A formal recognition stands already."),
    "uq_recognition_standing": ("already_recognised", "A recognition of this kind by your agency stands already."),
    "uq_consent_standing": ("already_granted", "This consent stands already."),
    "uq_referral_case_id": ("already_referred", "The case was handed over already."),
    "uq_reflection_open": ("already_offered", "A reflection period is open already."),
    "uq_holder_offer_open": ("already_offered", "Another agency has been requested to hold the case."),
    "uq_appeal_open": ("already_appealed", "An appeal against this decision waits for its outcome."),
    "ck_appeal_another_person": ("you_decided_this", "Another person than who decided records the outcome."),
    "ck_decision_another_person": ("you_decided_this", "Another person than who decided opens it again."),
    "uq_ending_agreement_open": ("already_agreed", "An agreement to this ending stands already."),
}
"""What a violated constraint means to a person: a code and a sentence."""
