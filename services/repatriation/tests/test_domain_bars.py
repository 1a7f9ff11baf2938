"""Removal bars: what raises one, how long, who is told (RP-4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from chassis.errors import Invalid, NotPossible
from hypothesis import given
from hypothesis import strategies as st
from repatriation.domain import bars
from repatriation.domain.bars import BAR, Person, Recognition, StoredBar, Wanted

DAY = datetime(2024, 3, 4, 12, tzinfo=UTC)
YEAR_LATER = DAY + timedelta(days=365)
FOREIGN = Person("foreign", "adult")
CHILD = Person("stateless", "child")


def as_stored(
    wanted: Wanted, state: str = "standing", ended_by: str | None = None, lifted_at: datetime | None = None
) -> StoredBar:
    return StoredBar(
        uuid4(),
        wanted.basis,
        wanted.source,
        state,
        wanted.since,
        wanted.until,
        ended_by=ended_by,
        lifted_at=lifted_at,
    )


@pytest.mark.parametrize(("state", "action", "after"), list(BAR.table()))
def test_every_state_and_action_of_a_bar(state: str, action: str, after: str | None) -> None:
    """RP-4: a bar is extended, confirmed, lifted or lapses while it stands, and nothing more after that."""
    if after:
        assert BAR.after(state, action) == after
    else:
        with pytest.raises(NotPossible, match="not_possible_in_state"):
            BAR.after(state, action)


def test_a_lifted_bar_stays_lifted() -> None:
    """RP-4: what ended is raised anew as another bar, never revived."""
    assert BAR.possible_in("lifted") == []


@pytest.mark.parametrize("citizenship", ["citizen", None])
def test_no_bar_for_a_citizen_or_before_the_case_is_known(citizenship: str | None) -> None:
    """RP-4: bars are for who is foreign, stateless or of unknown citizenship."""
    person = Person(citizenship, "child")
    recognition = Recognition(uuid4(), DAY)
    assert bars.considered_bar(person, [recognition], {recognition.recognition_id: YEAR_LATER}) is None
    assert bars.child_bar(person, [recognition], [recognition.recognition_id]) is None
    assert bars.reflection_bar(person, uuid4(), DAY, YEAR_LATER) is None
    assert bars.claim_hold(person, uuid4(), DAY) is None
    assert bars.permit_bar(person, uuid4(), DAY) is None


@pytest.mark.parametrize("citizenship", ["foreign", "stateless", "unknown"])
def test_considered_a_victim_bars_removal(citizenship: str) -> None:
    """RP-4: from the first recognition to the latest end of the months."""
    first, second = Recognition(uuid4(), DAY), Recognition(uuid4(), DAY + timedelta(days=10))
    until = {first.recognition_id: YEAR_LATER, second.recognition_id: YEAR_LATER + timedelta(days=10)}
    bar = bars.considered_bar(Person(citizenship, "adult"), [second, first], until)
    end = YEAR_LATER + timedelta(days=10)
    assert bar == Wanted("considered_victim", None, DAY, end, renewed_at=DAY + timedelta(days=10))


def test_a_recognition_of_before_the_rule_raises_nothing() -> None:
    """RP-4: before the parameter's first day the rule did not exist."""
    assert bars.considered_bar(FOREIGN, [Recognition(uuid4(), DAY)], {}) is None
    assert bars.child_bar(CHILD, [Recognition(uuid4(), DAY)], []) is None


def test_a_child_is_barred_without_an_end() -> None:
    """RP-4, ID-5: for a child always; nobody lifts it by decision."""
    recognition = Recognition(uuid4(), DAY)
    bar = bars.child_bar(CHILD, [recognition], [recognition.recognition_id])
    assert bar
    assert bar.until is None
    assert bars.child_bar(FOREIGN, [recognition], [recognition.recognition_id]) is None
    with pytest.raises(NotPossible, match="child_is_always_protected"):
        bars.decide("standing", "lift", "child", until=None, re_examine=False)


def test_reflection_bars_removal_until_it_ends() -> None:
    """ID-10: removal is barred during the reflection period."""
    reflection = uuid4()
    assert bars.reflection_bar(FOREIGN, reflection, DAY, YEAR_LATER) == Wanted(
        "reflection", reflection, DAY, YEAR_LATER
    )


def test_an_open_claim_only_advises() -> None:
    """RP-4: an advisory hold."""
    hold = bars.claim_hold(FOREIGN, uuid4(), DAY)
    assert hold
    assert hold.advisory


def test_a_missing_bar_is_raised_once() -> None:
    """RP-4: what stands already is not raised again."""
    wanted = Wanted("considered_victim", None, DAY, YEAR_LATER)
    assert bars.reconcile([wanted], []).raised == (wanted,)
    assert bars.reconcile([wanted], [as_stored(wanted)]) == bars.Changes()


def test_a_later_recognition_extends_the_bar_and_an_earlier_one_does_not() -> None:
    """RP-4: a bar is never made shorter by an event."""
    old = as_stored(Wanted("considered_victim", None, DAY, YEAR_LATER))
    longer = Wanted("considered_victim", None, DAY, YEAR_LATER + timedelta(days=5))
    shorter = Wanted("considered_victim", None, DAY, YEAR_LATER - timedelta(days=5))
    assert bars.reconcile([longer], [old]).extended == ((old, longer.until),)
    assert bars.reconcile([shorter], [old]) == bars.Changes()


@pytest.mark.parametrize("ended_by", ["date_came", "raised_in_error", "court_decision"])
def test_what_a_date_or_a_person_lifted_is_not_raised_again(ended_by: str) -> None:
    """RP-4: the facts of before do not bring it back."""
    wanted = Wanted("considered_victim", None, DAY, YEAR_LATER)
    assert bars.reconcile([wanted], [as_stored(wanted, "lifted", ended_by)]) == bars.Changes()


@pytest.mark.parametrize("ended_by", sorted(bars.FACTS_ENDED_IT))
def test_what_the_facts_lifted_comes_back_with_them(ended_by: str) -> None:
    """RP-4, ID-5: an age that was established wrongly does not cost a child its protection."""
    wanted = Wanted("child", None, DAY, None)
    assert bars.reconcile([wanted], [as_stored(wanted, "lifted", ended_by)]).raised == (wanted,)


def test_a_new_recognition_after_the_end_raises_a_new_bar_from_there() -> None:
    """RP-4: the new bar begins where the old one ended; the recognition is of a day on which that one stood."""
    over = as_stored(Wanted("considered_victim", None, DAY, YEAR_LATER), "lifted", "date_came", YEAR_LATER)
    again = Wanted("considered_victim", None, DAY, YEAR_LATER + timedelta(days=300), renewed_at=DAY + timedelta(300))
    assert bars.reconcile([again], [over]).raised == (replace(again, since=YEAR_LATER),)


@pytest.mark.parametrize(
    ("person", "notified"),
    [
        (Person("foreign", "adult", consents_to_notice=True), True),
        (Person("foreign", "adult"), False),
        (Person("foreign", "unknown"), False),
        (Person("foreign", "child"), True),
    ],
)
def test_sms_is_told_with_consent_or_for_a_child(person: Person, notified: bool) -> None:
    """RP-4, ID-12: consent, and for children always."""
    assert bars.may_notify(person) is notified


def test_the_basis_of_a_permit_bar_is_shown_to_officers_only() -> None:
    """ID-11: to everybody else it looks like any decision."""
    assert bars.shown_basis("permit", True) == "permit"
    assert bars.shown_basis("permit", False) == "decision"
    assert [bars.shown_basis(basis, False) for basis in bars.BASES if basis != "permit"] == [
        basis for basis in bars.BASES if basis != "permit"
    ]


def test_an_extension_is_later_than_the_end() -> None:
    """RP-4: to make it shorter, it is lifted."""
    assert bars.extended_until(DAY, YEAR_LATER) == YEAR_LATER
    with pytest.raises(Invalid, match="not_longer"):
        bars.extended_until(YEAR_LATER, DAY)
    with pytest.raises(NotPossible, match="has_no_end"):
        bars.decide("standing", "extend", "decision", until=None, re_examine=False)


def test_confirming_needs_an_open_re_examination() -> None:
    """ID-9: a re-examination is settled by a person, once."""
    assert bars.decide("standing", "confirm", "considered_victim", until=YEAR_LATER, re_examine=True) == "standing"
    with pytest.raises(NotPossible, match="no_re_examination_open"):
        bars.decide("standing", "confirm", "considered_victim", until=YEAR_LATER, re_examine=False)
    with pytest.raises(NotPossible, match="ends_with_what_it_rests_on"):
        bars.decide("standing", "lift", "permit", until=None, re_examine=False)


moments = st.none() | st.datetimes(datetime(2014, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(st.tuples(st.sampled_from(["child", "considered_victim"]), moments), max_size=8))
def test_reconciling_twice_changes_nothing_more(wanted: list[tuple[str, datetime | None]]) -> None:
    """RP-4: whatever comes, one bar of a kind stands, with the latest end asked for, and a second look finds it so."""
    known: dict[str, StoredBar] = {}
    for basis, until in wanted:
        changes = bars.reconcile([Wanted(basis, None, DAY, until)], list(known.values()))
        for bar in changes.raised:
            assert basis not in known
            known[basis] = as_stored(bar)
        for stored, end in changes.extended:
            known[basis] = replace(stored, until=end)
        assert bars.reconcile([Wanted(basis, None, DAY, until)], list(known.values())) == bars.Changes()
    for basis, stored in known.items():
        ends = [until for b, until in wanted if b == basis]
        assert stored.until == (None if None in ends else max(end for end in ends if end))


@given(st.lists(st.sampled_from(["extend", "confirm", "lift", "lapse"]), max_size=12), st.sampled_from(bars.BASES))
def test_any_sequence_of_acts_keeps_a_bar_in_its_machine(acts: list[str], basis: str) -> None:
    """RP-4: standing until one act ends it, then nothing."""
    state, source = BAR.start, UUID(int=1)
    assert source
    for act in acts:
        before = state
        try:
            state = bars.decide(state, act, basis, until=YEAR_LATER, re_examine=True)
        except NotPossible:
            assert state == before
        assert state in BAR.states
        if before == "lifted":
            assert state == "lifted"
