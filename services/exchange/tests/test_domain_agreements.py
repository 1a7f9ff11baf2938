"""What goes out by an agreement and a basis: pure; every state × action of an agency."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from casework.bases import FORMAL_BODY, GUARDIAN_AUTHORITY, HOLDER, Basis, consent, requested, serves, told_of_bar
from chassis.errors import NotPossible
from exchange.domain.agreements import AGENCY, Agreement, Extract, Happened, Known, Line, cut, extract, fields_to_store
from hypothesis import given
from hypothesis import strategies as st

from .givens import AMC, at

STAY, OTHER = UUID(int=1), UUID(int=2)
BY_CONSENT = Line("shelter.AssistanceGiven", ("kind",), "consent", "a law", purpose="assistance")
ADDRESSED = Line("shelter.HandoverRequested", ("handover_id",), "addressed", "a law", field="to")
AGREED = Agreement(AMC, 1, date(2020, 1, 1), None, frozenset(), (BY_CONSENT, ADDRESSED))
TODAY = date(2026, 3, 10)
STEPS = {
    ("active", "suspend"): "suspended",
    ("suspended", "resume"): "active",
    ("active", "remove"): "removed",
    ("suspended", "remove"): "removed",
    ("removed", "rejoin"): "active",
}


@pytest.mark.parametrize(("state", "action", "after"), list(AGENCY.table()))
def test_an_agency_goes_through_its_states(state: str, action: str, after: str | None) -> None:
    assert STEPS.get((state, action)) == after
    if after is None:
        with pytest.raises(NotPossible):
            AGENCY.after(state, action)


def happened(event: str = "nrm.shelter.AssistanceGiven.v1", days: float = 2, **fields: Any) -> Happened:
    return Happened(UUID(int=9), UUID(int=8), event, at(days), at(days), fields)


def receives(
    basis: Basis | None, *lines: Line, days: float = 2, since: float = 1, event: Happened | None = None
) -> Extract | None:
    agreement = replace(AGREED, lines=lines or AGREED.lines)
    known = [Known(basis, at(since))] if basis else []
    return extract(agreement, event or happened(days=days, kind="social", agency="vac"), known, TODAY)


def test_without_a_basis_nothing_goes_out() -> None:
    """ID-12."""
    assert receives(None) is None


def test_a_consent_covers_what_took_effect_since_it_was_granted() -> None:
    """ID-12."""
    agreed = consent("assistance", "needs", OTHER)
    assert receives(agreed, days=2, since=2) == Extract("assistance", {"kind": "social"})
    assert receives(agreed, days=1.9, since=2) is None


@pytest.mark.parametrize("other", [HOLDER, FORMAL_BODY, consent("legal_aid", "needs", OTHER), serves("place", STAY)])
def test_another_basis_or_purpose_covers_no_line_by_consent(other: Basis) -> None:
    """ID-12."""
    assert receives(other) is None


@pytest.mark.parametrize(("to", "sent"), [(AMC, True), ("ngo-acu", False), (None, False)])
def test_what_is_addressed_goes_to_whom_it_names_if_that_has_a_basis(to: str | None, sent: bool) -> None:
    """SH-8, ID-12: named alone is not enough."""
    event = happened("nrm.shelter.HandoverRequested.v1", to=to, handover_id=str(STAY))
    assert (receives(requested("handover", STAY), event=event) is not None) is sent
    assert receives(None, event=event) is None


def test_a_purpose_on_another_ground_takes_that_consent_as_well() -> None:
    """ID-12: a line that names a purpose needs the consent for it."""
    line = replace(ADDRESSED, purpose="reintegration")
    event = happened("nrm.shelter.HandoverRequested.v1", to=AMC, handover_id=str(STAY))
    assert receives(requested("handover", STAY), line, event=event) is None
    both = [Known(requested("handover", STAY), at(1)), Known(consent("reintegration", "needs", OTHER), at(1))]
    found = extract(replace(AGREED, lines=(line,)), event, both, TODAY)
    assert found == Extract("reintegration", {"handover_id": str(STAY)})


GROUNDS: Mapping[str, Basis] = {
    "holder": HOLDER,
    "formal_body": FORMAL_BODY,
    "guardian_authority": GUARDIAN_AUTHORITY,
    "asked": requested("place", STAY),
    "serves": serves("place", STAY),
    "told_of_bar": told_of_bar(STAY),
}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("basis", GROUNDS)
def test_a_line_on_a_basis_applies_with_that_basis_alone(ground: str, basis: str) -> None:
    line = Line("identification.CaseClosed", ("outcome",), ground, "a law")
    event = happened("nrm.identification.CaseClosed.v1", outcome="closed")
    expected = Extract(ground, {"outcome": "closed"}) if ground == basis else None
    assert receives(GROUNDS[basis], line, event=event) == expected


@pytest.mark.parametrize(("stay", "sent"), [(STAY, True), (OTHER, False)])
def test_who_serves_receives_its_own_stay_alone(stay: UUID, sent: bool) -> None:
    line = Line("shelter.ShelterExtended", ("ends_at",), "serves", "a law")
    event = happened("nrm.shelter.ShelterExtended.v1", ends_at="x", stay_id=str(STAY))
    assert (receives(serves("place", stay), line, event=event) is not None) is sent


@pytest.mark.parametrize("basis", [consent("shelter", "needs", OTHER), consent("shelter", "identity", OTHER)])
@pytest.mark.parametrize("name", ["PlaceOffered", "ShelterAdmitted", "ShelterExtended", "ShelterLeft"])
def test_a_consent_to_find_a_shelter_shows_no_stay(basis: Basis, name: str) -> None:
    """ID-12, SH-7: the agency that looks for a place does not learn of the stay with another operator."""
    line = Line(f"shelter.{name}", ("stay_id",), "consent", "a law", purpose="shelter")
    assert receives(basis, line, event=happened(f"nrm.shelter.{name}.v1", stay_id=str(STAY))) is None


def test_police_receive_no_claim_of_another_agency() -> None:
    """ID-12: the hand-over of a case shows the formal body no claim; the holder and a child's authority go on."""
    event = happened("nrm.fund.ClaimDrafted.v1", kind="needs_grant", amount_qepik=100)
    received = {
        basis.name
        for basis in (HOLDER, FORMAL_BODY, GUARDIAN_AUTHORITY)
        if receives(basis, Line("fund.ClaimDrafted", ("kind",), basis.name, "a law"), event=event)
    }
    assert received == {"holder", "guardian_authority"}


@pytest.mark.parametrize(("agency", "sent"), [(AMC, True), ("vac", False)])
def test_the_holder_receives_assistance_that_it_gave_itself_and_no_other(agency: str, sent: bool) -> None:
    """ID-12: of another agency's assistance it learns what the person agreed to show."""
    by_holding = Line("shelter.AssistanceGiven", ("kind",), "holder", "a law")
    own = Line("shelter.AssistanceGiven", ("kind",), "addressed", "a law", field="agency")
    event = happened(kind="psychological", agency=agency)
    assert receives(HOLDER, by_holding, event=event) is None
    assert (receives(HOLDER, own, event=event) is not None) is sent


def test_the_holder_receives_no_course_of_another_agency() -> None:
    """ID-12."""
    line = Line("shelter.CourseEnrolled", ("course",), "holder", "a law")
    assert receives(HOLDER, line, event=happened("nrm.shelter.CourseEnrolled.v1", course="sewing")) is None


@pytest.mark.parametrize(
    ("purpose", "kind", "sent"),
    [
        ("reintegration", "employment", True),
        ("reintegration", "medical", False),
        ("reintegration", "psychological", False),
        ("reintegration", None, False),
        ("assistance", "medical", True),
        ("assistance", "legal", True),
    ],
)
def test_a_consent_shows_care_of_the_kinds_of_its_purpose(purpose: str, kind: str | None, sent: bool) -> None:
    """ID-12: who helps a person back to work does not learn of an illness."""
    line = replace(BY_CONSENT, purpose=purpose)
    event = happened(kind=kind, agency="vac")
    assert (receives(consent(purpose, "needs", OTHER), line, event=event) is not None) is sent


def test_what_waits_retains_the_kind_of_care_that_decides() -> None:
    """ID-12: also where the agreement names the id alone."""
    agreed = replace(AGREED, lines=(replace(BY_CONSENT, fields=("assistance_id",)),))
    assert fields_to_store(agreed, happened()) == frozenset({"assistance_id", "kind"})


def test_an_agreement_cannot_open_what_the_law_does_not() -> None:
    """Also one that was agreed before the law was narrower: being asked shows no recognition."""
    line = Line("identification.VictimIdentified", ("recognition_id",), "asked", "a law")
    event = happened("nrm.identification.VictimIdentified.v1", recognition_id=str(STAY))
    assert receives(requested("place", STAY), line, event=event) is None


def test_what_is_addressed_to_others_waits_for_nothing() -> None:
    event = happened("nrm.shelter.HandoverRequested.v1", to="ngo-acu", handover_id=str(STAY))
    assert fields_to_store(AGREED, event) is None
    assert fields_to_store(AGREED, happened()) == frozenset({"kind"})


@given(day=st.dates(), first=st.dates(), length=st.none() | st.integers(0, 4000))
def test_an_agreement_is_in_force_from_its_first_day_to_the_day_before_its_end(
    day: date, first: date, length: int | None
) -> None:
    end = None if length is None or first > date(9980, 1, 1) else first + timedelta(days=length)
    in_force = Agreement(AMC, 1, first, end, frozenset(), ()).in_force(day)
    assert in_force == (first <= day and (end is None or day < end))


@given(st.dictionaries(st.sampled_from(["kind", "agency", "assistance_id"]), st.text()))
def test_no_field_goes_out_that_was_not_agreed(data: dict[str, str]) -> None:
    assert cut(BY_CONSENT.fields, data).keys() <= {"kind"}
