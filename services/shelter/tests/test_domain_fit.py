"""SH-4: every reason for and against a place; SH-5, SH-9 for its nights; SH-7 for the unknown protection flag."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelter.domain.codes import FIT_CODES
from shelter.domain.fit import Bed, Facility, Others, PersonNeed, fit
from shelter.domain.neighbours import Resident
from shelter.domain.nights import Block

ME, OTHER = UUID(int=1), UUID(int=2)
ROOM, NEXT_ROOM = UUID(int=3), UUID(int=4)
WOMAN = PersonNeed(ME, "adult", "female", "adult", "SexualExploitation", date(2024, 1, 10), 30, handed_over=True)
BED = Bed(UUID(int=5), ROOM)
HOUSE = Facility(frozenset({"adult_female", "adult_male", "adult_with_children"}), police=True, protected=True)
NOBODY = Others()
RESIDENT = Resident(OTHER, NEXT_ROOM, "female", "adult", Block(date(2024, 1, 1), None))


def refusals(
    need: PersonNeed = WOMAN, bed: Bed = BED, facility: Facility = HOUSE, others: Others = NOBODY
) -> tuple[str, ...]:
    return fit(need, bed, facility, others).refusals


def test_a_place_that_fits_says_why_sh_4() -> None:
    """SH-4: a place of the person's own track comes before one of any track."""
    general, own = fit(WOMAN, BED, HOUSE, NOBODY), fit(WOMAN, BED, replace(HOUSE, track="SexualExploitation"), NOBODY)
    assert (general.fits, general.reasons, general.score) == (True, ("track_any",), 95)
    assert (own.reasons, own.score) == (("track_of_facility",), 100)


@pytest.mark.parametrize(
    ("need", "facility", "code"),
    [
        (replace(WOMAN, category="child", age_group="child"), HOUSE, "age_group"),
        (WOMAN, replace(HOUSE, takes=frozenset({"child"})), "age_group"),
        (replace(WOMAN, sex="male"), replace(HOUSE, takes=frozenset({"adult_female"})), "sex"),
        (WOMAN, replace(HOUSE, track="ForcedLabour"), "track"),
        (replace(WOMAN, accessibility=frozenset({"step_free"})), HOUSE, "accessibility"),
        (replace(WOMAN, region="AZ-GA", region_rule="only"), replace(HOUSE, region="AZ-BA"), "region"),
        (replace(WOMAN, region="AZ-BA", region_rule="avoid"), replace(HOUSE, region="AZ-BA"), "region"),
        (replace(WOMAN, protection="protected"), replace(HOUSE, protected=False), "protection"),
        (replace(WOMAN, handed_over=False), HOUSE, "police_operator_case_hidden"),
        (WOMAN, replace(HOUSE, since=date(2024, 2, 1)), "out_of_use"),
    ],
)
def test_each_refusal_of_a_facility_sh_4(need: PersonNeed, facility: Facility, code: str) -> None:
    """SH-4: one thing that does not fit is one code, and nothing else is said."""
    assert refusals(need, facility=facility) == (code,)


def test_children_are_kept_together_sh_4() -> None:
    """SH-4: a mother of two fits where both sleep beside her, and where families are taken."""
    family = replace(WOMAN, category="adult_with_children", children=2, days=60)
    assert refusals(family) == ("children_together",)
    assert refusals(family, replace(BED, child_places=1)) == ("children_together",)
    assert refusals(family, replace(BED, child_places=2)) == ()
    assert refusals(family, replace(BED, child_places=2), replace(HOUSE, takes=frozenset({"adult_female"}))) == (
        "children_together",
    )


def test_unknown_protection_means_protected_sh_7() -> None:
    """SH-7: unknown is protected: protected places come first, then the others with the reason."""
    open_house = replace(HOUSE, protected=False)
    assert refusals(replace(WOMAN, protection="protected"), facility=open_house) == ("protection",)
    unknown = replace(WOMAN, protection="unknown")
    last = fit(unknown, BED, open_house, NOBODY)
    assert (last.fits, "house_not_protected" in last.reasons) == (True, True)
    worst = replace(HOUSE, track="ForcedLabour", region="AZ-BA")
    bed = replace(BED, child_places=5, accessibility=frozenset({"step_free"}))
    far = replace(unknown, track="unknown", region="AZ-GA")
    closed = Others(blocks=(Block(date(2024, 6, 1), date(2024, 6, 9), "closure"),))
    assert (fit(far, bed, worst, closed).score or 0) > (last.score or 0)
    assert refusals(replace(WOMAN, protection="standard"), facility=open_house) == ()


def test_never_where_a_named_conflict_lives_sh_4() -> None:
    """SH-4: a recruiter in another room of the same house is enough; who it is stays unsaid; once gone, it fits."""
    need = replace(WOMAN, conflicts=frozenset({OTHER}))
    assert refusals(need, others=Others(residents=(RESIDENT,))) == ("conflict",)
    gone = replace(RESIDENT, nights=Block(date(2024, 1, 1), date(2024, 1, 10)))
    assert refusals(need, others=Others(residents=(gone,))) == ()
    assert refusals(WOMAN, others=Others(residents=(RESIDENT,))) == ()


@pytest.mark.parametrize(
    ("sex", "age_group", "expected"),
    [
        ("female", "adult", ()),
        ("male", "adult", ("sex",)),
        ("female", "child", ("age_group",)),
        ("unknown", "adult", ("sex",)),
    ],
)
def test_who_shares_a_room_sh_4(sex: str, age_group: str, expected: tuple[str, ...]) -> None:
    """SH-4: a room is shared with one sex and one age group; the rest of the house does not matter."""
    mate = replace(RESIDENT, room_id=ROOM, sex=sex, age_group=age_group)
    assert refusals(others=Others(residents=(mate,))) == expected
    assert refusals(others=Others(residents=(replace(mate, room_id=NEXT_ROOM),))) == ()
    assert refusals(others=Others(residents=(replace(mate, case_id=ME),))) == ()


def test_full_nights_and_out_of_use_are_told_apart_sh_5_sh_9() -> None:
    """SH-5, SH-9: the nights that are held are named, and whether by a stay or because the bed is out of use."""
    taken = Block(date(2024, 1, 20), date(2024, 1, 25))
    closed = Block(date(2024, 2, 1), date(2024, 2, 5), "closure")
    answer = fit(WOMAN, BED, HOUSE, Others(blocks=(taken, closed)))
    assert answer.refusals == ("out_of_use", "full_nights")
    assert answer.nights == (taken, closed)
    assert (
        refusals(others=Others(blocks=(Block(date(2024, 2, 9), None), Block(date(2023, 1, 1), date(2024, 1, 10)))))
        == ()
    )


def test_a_closure_planned_for_later_only_lowers_the_score_sh_9() -> None:
    """SH-9: the bed is good for the whole stay; an extension may meet the closure, so other beds come first."""
    answer = fit(WOMAN, BED, HOUSE, Others(blocks=(Block(date(2024, 3, 1), date(2024, 3, 9), "closure"),)))
    assert (answer.score, answer.reasons) == (85, ("track_any", "closure_planned_later"))


def test_scarce_beds_come_last_sh_4() -> None:
    """SH-4: family and accessible beds are kept for those who need them; region is a wish unless said otherwise."""
    assert fit(WOMAN, replace(BED, child_places=4), HOUSE, NOBODY).score == 83
    assert fit(WOMAN, replace(BED, accessibility=frozenset({"step_free"})), HOUSE, NOBODY).score == 85
    near = replace(WOMAN, region="AZ-GA")
    assert fit(near, BED, replace(HOUSE, region="AZ-GA"), NOBODY).reasons == ("track_any", "region_preferred")
    assert fit(near, BED, HOUSE, NOBODY).reasons == ("track_any", "region_other_or_unknown")
    assert fit(replace(WOMAN, track="unknown"), BED, replace(HOUSE, track="ForcedLabour"), NOBODY).reasons == (
        "track_unknown",
    )


needs = st.builds(
    PersonNeed,
    case_id=st.just(ME),
    category=st.sampled_from(["adult", "child", "adult_with_children"]),
    sex=st.sampled_from(["female", "male", "other", "unknown"]),
    age_group=st.sampled_from(["adult", "child", "unknown"]),
    track=st.sampled_from(["SexualExploitation", "ForcedLabour", "StreetChildren", "Other", "unknown"]),
    begins=st.dates(date(2024, 1, 1), date(2024, 12, 31)),
    days=st.sampled_from([30, 60]),
    children=st.integers(0, 3),
    region=st.sampled_from([None, "AZ-BA", "AZ-GA"]),
    region_rule=st.sampled_from(["prefer", "only", "avoid"]),
    protection=st.sampled_from(["protected", "standard", "unknown"]),
    handed_over=st.booleans(),
    conflicts=st.sampled_from([frozenset(), frozenset({OTHER})]),
)
facilities = st.builds(
    Facility,
    police=st.booleans(),
    takes=st.frozensets(st.sampled_from(["adult_female", "adult_male", "adult_with_children", "child"])),
    track=st.sampled_from([None, "ForcedLabour"]),
    region=st.sampled_from([None, "AZ-BA"]),
    protected=st.booleans(),
    since=st.sampled_from([None, date(2024, 6, 1)]),
)


@given(needs, facilities)
def test_an_answer_is_a_score_or_refusals_sh_4(need: PersonNeed, facility: Facility) -> None:
    """SH-4: every answer explains itself, with codes of the list; police never hold a case hidden from them (ID-7)."""
    answer = fit(need, BED, facility, Others(residents=(RESIDENT,)))
    assert (answer.score is None) == bool(answer.refusals)
    assert set(answer.refusals) <= set(FIT_CODES)
    assert answer.score is None or (0 <= answer.score <= 100 and answer.reasons)
    if answer.fits:
        assert not facility.police or need.handed_over
        assert OTHER not in need.conflicts or need.until <= RESIDENT.nights.begins
