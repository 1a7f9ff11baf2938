"""A generated national year: its proportions, the order of its steps, and the comparison with what services count."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player.__main__ import app
from player.national.compare import differences
from player.national.generate import generate
from player.national.joining import OF_POLICE, SYSTEMS
from player.national.play import Outcome
from player.national.referral import NGOS, POLICE, SHARED, Referral, as_line, events_of, figures_of, read_referrals
from player.timeline import BAKU
from typer.testing import CliRunner

YEAR = 2024
LATE = datetime(YEAR, 12, 2, tzinfo=BAKU)
"""A term of appeal of thirty days that begins from this day on ends in the next year (ID-9)."""


def share(part: int, whole: int) -> float:
    return part / whole


def test_the_proportions_are_those_of_the_united_kingdom() -> None:
    referrals = generate(20_000, YEAR)
    counted = figures_of(referrals)
    assert counted["reports"] == 20_000
    assert share(counted["children"], 20_000) == pytest.approx(0.3, abs=0.01)
    assert share(counted["presumed"], 20_000) == pytest.approx(0.88, abs=0.01)
    last = [one for one in referrals if one.presumed_at and one.outcome]
    assert share(counted["identified"], len(last)) == pytest.approx(0.6, abs=0.02)
    assert 0 < counted["withdrawn"] < 1_000
    assert len({(one.htcds["prs_FirstName"], one.htcds["prs_SecondName"]) for one in referrals}) > 19_990


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
def test_the_steps_of_every_referral_come_in_the_order_of_the_law(seed: int, count: int) -> None:
    """ID-7, ID-8, ID-9: handed over within a day; nothing before the report nor after the year; one last decision."""
    for one in generate(count, YEAR, seed):
        steps = [one.reported_at, one.handed_over_at, one.taken_at, one.presumed_at, one.withdrawn_at, one.decided_at]
        done = [at for at in steps if at]
        assert done == sorted(done)
        assert {at.astimezone(BAKU).year for at in done} == {YEAR}
        assert (one.decided_at is None) == (one.outcome is None)
        assert not (one.withdrawn_at and one.outcome)
        if one.handed_over_at:
            assert one.taken_at
            assert (one.taken_at - one.reported_at).total_seconds() < 24 * 3600
        else:
            assert one.agency in NGOS
            assert not one.child
            assert not one.agrees_to_police
            assert one.outcome != "recognised"


def test_the_same_seed_makes_the_same_year_and_another_one_another() -> None:
    assert generate(50, YEAR, 7) == generate(50, YEAR, 7)
    assert generate(50, YEAR, 7) != generate(50, YEAR, 8)


def test_what_is_printed_is_read_again(tmp_path: Any) -> None:
    printed = CliRunner().invoke(app, ["generate", "--referrals", "40", "--year", str(YEAR), "--seed", "3"])
    assert printed.exit_code == 0, printed.output
    file = tmp_path / "national.jsonl"
    file.write_text(printed.output)
    assert read_referrals(file) == generate(40, YEAR, 3)
    assert [as_line(one) for one in read_referrals(file)] == printed.output.splitlines()


def counted_rightly(referrals: Sequence[Referral]) -> tuple[dict[str, dict[str, Any]], Outcome]:
    """What the services count and the systems are sent, if nothing is lost or doubled."""
    counted = figures_of(referrals)
    own = {name: counted[name] for name in ("reports", "identified", "not_recognised")}
    in_december = [one for one in referrals if one.outcome == "declined" and one.decided_at and one.decided_at >= LATE]
    terms = counted["not_recognised"] - len(in_december)
    clocks = {"referral": {"met": counted["handed_over"]}, "appeal": {"running": terms}}
    figures: dict[str, dict[str, Any]] = {
        "identification": {"year": YEAR, "potential": 0, **own},
        "shelter": {"year": YEAR, "vac": 0},
        "fund": {"year": YEAR, "allowances_paid": 0},
        "repatriation": {"year": YEAR, "returns": 0},
        "notify": {"year": YEAR, "clocks": clocks, "messages": {}},
    }
    outcome = Outcome(played=len(referrals))
    for agency in SYSTEMS:
        police = agency == POLICE
        events = events_of(one for one in referrals if (one.handed_over_at if police else one.agency == agency))
        outcome.shared[agency] = Counter({name: events[name] for name in (OF_POLICE if police else SHARED)})
    return figures, outcome


def test_a_year_that_was_counted_rightly_has_no_differences() -> None:
    referrals = generate(200, YEAR)
    assert differences(referrals, *counted_rightly(referrals)) == []


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("identification", "reports"),
        ("identification", "identified"),
        ("identification", "not_recognised"),
        ("identification", "potential"),
        ("shelter", "vac"),
        ("fund", "allowances_paid"),
        ("repatriation", "returns"),
    ],
)
def test_a_figure_that_is_one_too_high_is_named(service: str, name: str) -> None:
    referrals = generate(200, YEAR)
    figures, outcome = counted_rightly(referrals)
    figures[service][name] += 1
    (found,) = differences(referrals, figures, outcome)
    assert found.startswith(f"{service}, {name}: {figures[service][name]} there")


def test_a_clock_that_was_not_met_and_an_event_that_was_lost_are_named() -> None:
    referrals = generate(200, YEAR)
    figures, outcome = counted_rightly(referrals)
    figures["notify"]["clocks"]["referral"] = {"met": figures_of(referrals)["handed_over"] - 1, "running": 1}
    outcome.shared["sms"]["CaseOpened"] -= 1
    outcome.shared[POLICE]["VictimPresumed"] += 1
    found = [sentence.split(":")[0] for sentence in differences(referrals, figures, outcome)]
    assert found == [
        "notify, hand-overs in time",
        "notify, hand-overs awaited",
        "exchange, VictimPresumed sent to mia-special",
        "exchange, CaseOpened sent to sms",
    ]
