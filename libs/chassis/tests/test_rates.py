"""Nobody asks more often than their limit: by person, by service, by address; searches and readings least."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from chassis.actor import Actor
from chassis.rates import Limits, RateLimit, TooManyRequests
from chassis.testing import Databases, Person, ServiceUnderTest, bench, person_token
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from .givens import CASEWORKER, POLICE, SOMEBODY, a_notice, rows
from .noticeboard.app import SERVICE

READS = replace(SERVICE, readings=frozenset({"look_at_notices"}))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("chassis.rates.time", SimpleNamespace(monotonic=made))
    return made


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=200))
def test_in_no_minute_are_more_than_twice_the_limit_answered(a_minute: int, pauses: list[float]) -> None:
    """A burst of a minute's worth, then evenly: so within any minute at most the burst and what the minute gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chassis.rates.time", SimpleNamespace(monotonic=(clock := Clock())))
        limit, answered = RateLimit("person", a_minute), []
        for pause in pauses:
            clock.now += pause
            with contextlib.suppress(TooManyRequests):
                limit.take("somebody")
                answered.append(clock.now)
    for start in answered:
        assert len([at for at in answered if start <= at < start + 60]) <= 2 * a_minute


def test_who_waits_as_long_as_the_answer_says_is_answered(clock: Clock) -> None:
    limit = RateLimit("person", 30)
    for _ in range(30):
        limit.take("somebody")
    with pytest.raises(TooManyRequests) as refused:
        limit.take("somebody")
    limit.take("somebody else")
    clock.now += refused.value.seconds
    limit.take("somebody")


def test_ten_thousand_callers_are_remembered_and_no_more(clock: Clock) -> None:
    limit = RateLimit("sign_ins", 1)
    for caller in range(10_050):
        limit.take(str(caller))
    limit.take("0")
    with pytest.raises(TooManyRequests):
        limit.take("10049")


@pytest.fixture
async def limited(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    few = {"limit_person": 5, "limit_readings": 2, "limit_service": 7, "limit_sign_ins": 3}
    async with bench(READS, databases, **few) as made:
        yield made


def _refused(name: str) -> float:
    return REGISTRY.get_sample_value("nrm_rate_limited_total", {"limit": name}) or 0.0


async def test_readings_end_long_before_other_requests(limited: ServiceUnderTest) -> None:
    """429 with the time to wait; another person goes on; the limit is counted and no entry of the audit is made."""
    person, before = limited.person(CASEWORKER), _refused("readings")
    answers = [await person.get("/api/notices") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert _refused("readings") == before + 1
    assert (await limited.person(POLICE).get("/api/notices")).status_code == 200
    assert (await person.post("/api/notices", a_notice())).status_code == 201
    assert await rows(limited, "select 1 from audit_entry where outcome = 'too_many_requests'") == []


async def test_a_person_has_one_limit_over_all_addresses_whatever_they_ask(limited: ServiceUnderTest) -> None:
    person = limited.person(CASEWORKER)
    answers = [await person.post("/api/notices", a_notice()) for _ in range(4)]
    answers += [await person.get("/api/audit"), await person.get("/api/notices")]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 403, 429]


async def test_tokens_that_nobody_saw_before_are_checked_so_often_and_no_more(limited: ServiceUnderTest) -> None:
    """By address. Who was signed in before goes on."""
    known = limited.person(CASEWORKER)
    assert (await known.post("/api/notices", a_notice())).status_code == 201
    forged = [await Person(limited.http, f"{person_token(CASEWORKER)}{n}").get("/api/notices") for n in range(4)]
    assert [answer.status_code for answer in forged] == [401, 401, 429, 429]
    assert (await known.post("/api/notices", a_notice())).status_code == 201


def test_a_service_has_a_limit_of_its_own(limited: ServiceUnderTest) -> None:
    limits, fund = Limits(limited.settings, READS.readings), Actor("s", "fund", frozenset({"service"}), "fund")
    for _ in range(7):
        limits.count(fund, "look_at_notices")
    with pytest.raises(TooManyRequests):
        limits.count(fund, "look_at_notices")
    limits.count(SOMEBODY, "look_at_notices")
