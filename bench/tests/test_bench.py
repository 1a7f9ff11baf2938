"""Each bench runs at a tiny size, and its checks can fail. No test asserts how fast anything is."""

from dataclasses import replace

import pytest
from chassis.service import Service

from bench import apply, command, handlers, latency
from bench.report import Goal, Report, beside_former, ratios
from bench.rows import Row, made
from bench.topic import Findings, Names, compare


def _quiet(line: str) -> None:
    """For no output."""


def _records(rows: list[Row]) -> list[tuple[bytes, bytes, dict[str, bytes]]]:
    return [(str(row.key).encode(), row.value, dict(row.headers)) for row in rows]


def test_what_came_as_it_was_sent_is_faultless() -> None:
    rows = made(40)
    assert compare(_records(rows), rows, Names()) == Findings()


def test_lost_doubled_inverted_foreign_and_altered_records_are_found() -> None:
    rows = made(40)
    case = [row for row in rows if row.key == rows[0].key]
    others = [row for row in rows if row.key != rows[0].key]
    came = [case[1], case[0], case[0], *case[3:], replace(others[0], value=b"{}"), *others[1:], *made(1)]
    assert compare(_records(came), rows, Names()) == Findings(lost=1, doubled=1, foreign=1, inverted=1, altered=1)


def test_each_goal_stands_beside_what_the_former_page_had() -> None:
    """Also beside a page that had such a column itself, and where the goal is new."""
    first = "\n".join(Report("Title", goals=[Goal("rate", [1], 2)]).page())
    second = "\n".join(Report("Title", goals=[Goal("rate", [3], 2), Goal("time", [4], 5)]).page())
    once = beside_former(second, first)
    assert "| rate | ≥ 2 | 3 / **3** / 3 | yes | 1 / **1** / 1 |" in once
    assert "| time | ≥ 5 | 4 / **4** / 4 | **no** | – |" in once
    assert "| rate | ≥ 2 | 1 / **1** / 1 | **no** | 3 / **3** / 3 |" in beside_former(first, once)


def test_a_goal_is_judged_by_the_median_in_its_own_direction() -> None:
    assert Goal("rate", ratios([30, 50, 40], [2, 2, 2]), 20).is_met
    assert not Goal("rate", [19, 19.9, 30], 20).is_met
    assert Goal("time", [9, 1, 30], 9, at_least=False).is_met
    assert not Goal("time", [9.1, 1, 30], 9, at_least=False).is_met


def test_a_report_shows_what_was_missed_and_what_was_wrong() -> None:
    page = "\n".join(Report("Title", goals=[Goal("rate", [1], 2)], faults=["1 lost"]).page())
    assert "| rate | ≥ 2 | 1 / **1** / 1 | **no** |" in page
    assert "**Fault:** 1 lost" in page


async def test_the_consumer_is_measured_and_applies_each_event_once() -> None:
    report = await apply.run(_quiet, scale=0.02, rounds=1)
    assert not report.faults
    assert all(goal.values for goal in report.goals)


async def test_commands_are_measured_and_each_leaves_row_event_audit_and_answer() -> None:
    report = await command.run(_quiet, scale=0.02, rounds=1)
    assert not report.faults
    assert any("the last statement |" in line for line in report.lines)


async def test_the_latency_of_our_relay_is_measured() -> None:
    took = await latency.visible_of_ours(made(50), rate=100)
    assert len(took) == 50
    assert all(one >= 0 for one in took)


@pytest.mark.parametrize("service", handlers.SERVICES, ids=lambda service: service.name)
async def test_every_handler_of_a_service_is_measured(service: Service) -> None:
    rate, parked = await handlers.mixed(service, 3)
    assert rate > 0
    assert parked == 0
