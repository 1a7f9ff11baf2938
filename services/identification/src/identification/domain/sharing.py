"""Which fields of a person a consent shows: those of its class of data (ID-12). Pure."""

from collections.abc import Collection, Iterable, Mapping

from casework.bases import Basis
from chassis.errors import Fault, Invalid, NotPossible

EVERYTHING = frozenset({"case_reference", "identity", "contact", "needs", "documents", "story"})
SAFE_CONTACT = "safe_contact"

# `story` is nobody's by consent: an account is for the holder and the formal body.
_OPENS: Mapping[str, frozenset[str]] = {
    "case_reference": frozenset(),
    "identity": frozenset(
        {
            "prs_Salutation",
            "prs_Title",
            "prs_FirstName",
            "prs_MiddleName",
            "prs_SecondName",
            "prs_Birthdate",
            "prs_Gender",
            "prs_Deceased",
            "prs_MaritalStatus",
            "prs_Citizenship",
        }
    ),
    "contact": frozenset(
        {
            SAFE_CONTACT,
            "prs_Email",
            "prs_HomePhone",
            "prs_MobilePhone",
            "prs_MailingCity",
            "prs_MailingCountry",
            "prs_MailingState",
            "prs_MailingStreet",
            "prs_MailingPostalCode",
            "prs_MailingLongitude",
            "prs_MailingLatitude",
        }
    ),
    "needs": frozenset(
        {"prs_PrimaryLanguage", "prs_SecondaryLanguage", "prs_HighestLevelOfEducation", "prs_NumberOfChildren"}
    ),
    "documents": frozenset({"prs_IdentityNumber"}),
    "names": frozenset(
        {
            "prs_Salutation",
            "prs_Title",
            "prs_FirstName",
            "prs_MiddleName",
            "prs_SecondName",
            "prs_PrimaryLanguage",
            "prs_SecondaryLanguage",
        }
    ),
}


_NAMES = "names"
_BY_BASIS: Mapping[str, frozenset[str]] = {
    "holder": EVERYTHING,
    "formal_body": EVERYTHING,
    "guardian_authority": EVERYTHING - {"story"},
    "serves": frozenset({_NAMES, "contact"}),
}


def classes_of(bases: Iterable[Basis]) -> frozenset[str]:
    """The classes of data that these bases show: who serves a person reads name, language, contact (ID-12, ID-13)."""
    found: set[str] = set()
    for basis in bases:
        found |= {basis.data_class} if basis.name in ("consent", "court") else _BY_BASIS.get(basis.name, frozenset())
    return frozenset(found)


def opens(classes: Collection[str], field: str) -> bool:
    """Whether one of these classes of data holds the field; what belongs to no class belongs to the story."""
    return "story" in classes or any(field in _OPENS[name] for name in classes)


def check_opens(classes: Collection[str], fields: Collection[str] = ()) -> None:
    """NotPossible `not_consented` where the classes open nothing at all, or not each of the fields (ID-12)."""
    nothing = not any(name == "story" or _OPENS[name] for name in classes)
    if nothing or not all(opens(classes, field) for field in fields):
        raise NotPossible("not_consented", "The person did not agree that your agency reads this.")


def check_reading(purpose: str, reference: str | None) -> None:
    """ID-13: a court or prosecutor reads by a decision, whose reference is recorded."""
    if purpose == "court_request" and reference is None:
        raise Invalid(
            "reference_missing",
            "Name the decision of the court or prosecutor.",
            faults=[Fault("body.reference", "reference_missing", "needed for the purpose court_request")],
        )
