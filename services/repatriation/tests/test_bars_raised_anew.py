"""Recognised anew after a bar was lifted: another one stands from that day on (RP-4)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from hypothesis import given
from hypothesis import strategies as st
from nrm_events import identification
from repatriation.domain import bars
from repatriation.domain.bars import Recognition, StoredBar, Wanted

from .givens import CONSIDERED, MOTION_OFFICER, a_case, bars_of, hand_over, hours, presume, recognise
from .test_domain_bars import DAY, FOREIGN, YEAR_LATER, as_stored

YEAR = YEAR_LATER - DAY


async def test_recognised_anew_after_the_lifting_the_person_is_protected_at_once(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-4: and not only from the day on which the lifted bar would have ended."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    recognition = await recognise(repatriation, case)
    revoked = identification.RecognitionRevoked(
        effective_at=CONSIDERED + timedelta(days=7),
        case_id=case,
        recognition_id=recognition,
        kind="formal",
        authority="mia-special",
        reasons=["facts_changed"],
    )
    await repatriation.receives(revoked)
    (bar,) = await bars_of(repatriation, case)
    body = {"reason": "recognition_ended", "version": bar["version"], "happened_at": hours(24 * 10)}
    await repatriation.person(MOTION_OFFICER).post_ok(f"/api/bars/{bar['id']}/lifting", body)
    day = CONSIDERED + timedelta(days=20)
    await presume(repatriation, case, day)
    (standing,) = await bars_of(repatriation, case, state="standing")
    assert standing["id"] != bar["id"]
    assert datetime.fromisoformat(standing["since"]) == day
    assert standing["until"].startswith("2027-03-26")


def recognised(*days: datetime) -> Wanted:
    """The bar of these recognitions, a year each."""
    found = [Recognition(uuid4(), day) for day in days]
    bar = bars.considered_bar(FOREIGN, found, {one.recognition_id: one.since + YEAR for one in found})
    assert bar
    return bar


LIFTED_AT = DAY + timedelta(days=30)


@pytest.mark.parametrize("planned", [YEAR_LATER, YEAR_LATER + timedelta(days=900)])
@pytest.mark.parametrize("ended_by", [*bars.LIFTING_REASONS, bars.WISH])
def test_a_recognition_after_the_lifting_raises_a_bar_that_stands_at_once(ended_by: str, planned: datetime) -> None:
    """RP-4: from its own day; the end that was planned for the lifted bar, by law or by an officer, is no matter."""
    lifted = as_stored(Wanted("considered_victim", None, DAY, planned), "lifted", ended_by, LIFTED_AT)
    day = LIFTED_AT + timedelta(days=30)
    (raised,) = bars.reconcile([recognised(day)], [lifted]).raised
    assert (raised.since, raised.until) == (day, day + YEAR)


def test_a_recognition_that_becomes_known_after_the_lifting_is_covered_from_there() -> None:
    """RP-4: lifted while none stood; it is of an earlier day and came later. A hold for a claim rests on none."""
    lifted = as_stored(Wanted("considered_victim", None, DAY, YEAR_LATER), "lifted", bars.NO_RECOGNITION, LIFTED_AT)
    (raised,) = bars.reconcile([recognised(DAY - timedelta(days=1))], [lifted]).raised
    assert raised.since == LIFTED_AT
    hold = Wanted("open_claim", uuid4(), DAY, None, advisory=True)
    assert bars.reconcile([hold], [as_stored(hold, "lifted", bars.NO_RECOGNITION, LIFTED_AT)]) == bars.Changes()


@given(
    st.lists(
        st.tuples(st.sampled_from(("recognise", "extend", *bars.LIFTING_REASONS)), st.integers(1, 500)), max_size=15
    )
)
def test_a_standing_recognition_is_covered_from_its_day(acts: list[tuple[str, int]]) -> None:
    """RP-4: after any recognitions, extensions, liftings and lapses; what a person lifted covers what came before."""
    now, days, since_lifting, known = DAY, list[datetime](), list[datetime](), list[StoredBar]()
    for act, later in acts:
        now += timedelta(days=later)
        known = [_lapsed(bar, now) for bar in known]
        if act == "recognise":
            days.append(now)
            since_lifting.append(now)
        elif act == "extend":
            known = [replace(bar, until=_standing_until(bar) + YEAR) if _stands(bar) else bar for bar in known]
        else:
            days = [] if act == bars.NO_RECOGNITION else days
            since_lifting = []
            lifting = {"state": "lifted", "ended_by": act, "lifted_at": now}
            known = [replace(bar, **lifting) if _stands(bar) else bar for bar in known]  # type: ignore[arg-type]
        known = _reconciled(days, known)
        assert known == _reconciled(days, known), "a second look finds it so"
        standing = [bar for bar in known if _stands(bar)]
        assert len(standing) <= 1
        assert all(bar.since <= now for bar in standing), "it stands at once"
        for day in since_lifting:
            if day + YEAR >= now:
                assert standing
                assert standing[0].since <= day
                assert _standing_until(standing[0]) >= day + YEAR


def _stands(bar: StoredBar) -> bool:
    return bar.state == "standing"


def _standing_until(bar: StoredBar) -> datetime:
    assert bar.until
    return bar.until


def _lapsed(bar: StoredBar, now: datetime) -> StoredBar:
    if _stands(bar) and _standing_until(bar) < now:
        return replace(bar, state="lifted", ended_by="date_came", lifted_at=bar.until)
    return bar


def _reconciled(days: list[datetime], known: list[StoredBar]) -> list[StoredBar]:
    changes = bars.reconcile([recognised(*days)] if days else [], known)
    longer = {bar.bar_id: until for bar, until in changes.extended}
    extended = [replace(bar, until=longer.get(bar.bar_id, bar.until)) for bar in known]
    return [*extended, *(as_stored(bar) for bar in changes.raised)]
