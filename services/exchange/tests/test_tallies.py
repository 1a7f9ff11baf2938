"""What went to an agency and came from it is counted as it happens, and reading it does not add up the past."""

from chassis.clock import new_id
from exchange.use_cases.tallies import fold_tallies
from nrm_events.agencies import CourseEnrolmentTold
from sqlalchemy import text

from .givens import AMC, Door, assisted, at, granted

SHOWN = (
    *("cases_told", "events_told", "last_told_at", "last_heard_at"),
    *("submissions_accepted", "submissions_waiting", "submissions_refused"),
)
_BY_HAND = text(
    "select (select count(distinct case_id) from told where agency = :agency), "
    "(select sum(events) from told where agency = :agency), (select max(last_at) from told where agency = :agency)"
)


async def _shown(door: Door) -> list[object]:
    answer = await door.shows(AMC)
    return [answer[name] for name in SHOWN]


async def test_counts_are_the_same_before_and_after_they_are_added_up(door: Door) -> None:
    """A case that is shared twice, in two lists and for two purposes, counts once."""
    cases = [new_id() for _ in range(3)]
    await door.receives(*(granted(case, AMC) for case in cases), granted(cases[0], AMC, purpose="legal_aid"))
    await door.receives(*(assisted(case) for case in cases))
    await door.receives(assisted(cases[0]), assisted(cases[1]))
    course = CourseEnrolmentTold(effective_at=at(1), case_id=cases[0], course="sewing", enrolled=6, needed=8)
    await door.submits(AMC, course)
    before = await _shown(door)
    for _ in range(2):
        async with door.service.session() as session:
            await fold_tallies(door.service.service.unit_of_work(session, at(9)))
        assert await _shown(door) == before
    await door.submits(AMC, course)
    await door.receives(assisted(cases[2]))
    async with door.service.session() as session:
        told = tuple((await session.execute(_BY_HAND, {"agency": AMC})).one())
    after = await door.shows(AMC)
    assert (after["cases_told"], after["events_told"]) == told[:2] == (3, 6)
    assert after["last_told_at"] is not None
    assert sum(after["submissions_refused"].values()) + after["submissions_waiting"] == 2
    assert await door.count("tally_change") > 0
