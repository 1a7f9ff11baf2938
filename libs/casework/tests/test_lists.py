"""What is granted, ended and read for many cases at once: as for each alone, and in as many statements as for one."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from casework import access
from casework.access import Ended
from casework.bases import ENDED, FORMAL_BODY, HOLDER, Basis, requested, serves
from casework.projection import access_subscriptions
from chassis.subscription import projections
from chassis.testing import ServiceUnderTest
from nrm_events import Event, exchange
from nrm_events.corpus import made

from .casefile.app import RIGHTS
from .givens import AT, acting, known, put, statements


async def test_bases_end_by_name_and_narrower_by_object_or_agency(desk: ServiceUnderTest) -> None:
    every, of_one, of_vac, other = (uuid4() for _ in range(4))
    one, two = uuid4(), uuid4()
    for case_id in (every, of_one, of_vac, other):
        for agency in ("vac", "iom"):
            await put(desk, case_id, agency, requested("place", one), requested("place", two), serves("place", one))
    with statements(desk) as seen:
        async with acting(desk) as uow:
            ends = [Ended(every, "asked"), Ended(of_one, "asked", one), Ended(of_vac, "asked", agency="vac")]
            await access.revoke_each(uow, ends)
            await access.revoke_each(uow, [])
    assert len(seen) == 1
    served = {(agency, serves("place", one)) for agency in ("vac", "iom")}
    of_two = {(agency, requested("place", two)) for agency in ("vac", "iom")}
    of_iom = {("iom", requested("place", ref)) for ref in (one, two)}
    assert await known(desk, every) == served
    assert await known(desk, of_one) == served | of_two
    assert await known(desk, of_vac) == served | of_iom
    assert len(await known(desk, other)) == 6


async def test_cases_are_closed_and_reopened_together(desk: ServiceUnderTest) -> None:
    """ID-7, ID-9: each for the body that it was handed over to; another case stays as it is."""
    first, second, other = uuid4(), uuid4(), uuid4()
    for case_id in (first, second, other):
        await put(desk, case_id, "mia-special", FORMAL_BODY)
    async with acting(desk) as uow:
        await access.end_formal_body(uow, first, second)
    ended = {("mia-special", Basis("formal_body", ENDED))}
    assert [await known(desk, case_id) for case_id in (first, second)] == [ended, ended]
    assert await known(desk, other) == {("mia-special", FORMAL_BODY)}
    async with acting(desk) as uow:
        await access.reopen_formal_body(uow, first, second)
    assert await known(desk, first) == await known(desk, second) == {("mia-special", FORMAL_BODY)}


async def test_bases_of_several_agencies_on_several_cases(desk: ServiceUnderTest) -> None:
    """Each agency by its own rows alone; without one there is no basis (ID-7)."""
    case_id, other = uuid4(), uuid4()
    await put(desk, case_id, "vac", HOLDER, requested("place", case_id))
    await put(desk, other, "iom", HOLDER)
    async with acting(desk) as uow:
        found = await access.bases_of(uow, ["vac", "iom"], [case_id, other])
    assert found["vac", case_id] == {HOLDER, requested("place", case_id)}
    assert found["iom", other] == {HOLDER}
    assert found["vac", other] == found["iom", case_id] == frozenset()


def _of(event: type[Event], case_id: UUID) -> Event:
    """The event with every field filled, of this case."""
    filled = event.model_validate_json(made(event).value).model_dump()
    own = {"agency_id": case_id} if event.service == exchange.AgencyJoined.service else {"case_id": case_id}
    return event.model_validate(filled | own | {"effective_at": AT})


async def test_who_may_know_follows_from_forty_events_in_as_many_statements_as_from_ten(
    desk: ServiceUnderTest,
) -> None:
    """Of every event that opens or closes a case to an agency."""
    every = projections("", RIGHTS, access_subscriptions(""))
    assert every
    for event, handler in every.items():
        counts = []
        for size in (10, 40):
            envelopes = [desk.envelope(_of(event, uuid4())) for _ in range(size)]
            with statements(desk) as seen:
                async with desk.session() as session:
                    await handler(session, envelopes)
            counts.append(len(seen))
        assert counts[0] == counts[1], event.__name__


async def test_agencies_that_turn_out_to_be_police_lose_what_they_knew_by_consent(desk: ServiceUnderTest) -> None:
    """ID-7: of several that join in one list, police and those whose kind nobody stated."""
    case_id, refs = uuid4(), uuid4()
    agreed = Basis("consent", "medical", "needs", refs)
    codes: Sequence[str] = ("aa-police", "aa-ngo", "aa-unknown")
    for code in codes:
        await put(desk, case_id, code, agreed, HOLDER)
    kinds = dict(zip(codes, ("police", "ngo", None), strict=True))
    joined = [
        exchange.AgencyJoined(effective_at=AT, agency_id=uuid4(), agency=code, kind=kind)
        for code, kind in kinds.items()
    ]
    (subscription,) = [one for one in access_subscriptions("") if one.event is exchange.AgencyJoined]
    assert subscription.react
    async with acting(desk) as uow:
        await subscription.react(uow, [desk.envelope(event) for event in joined])
    assert await known(desk, case_id) == {(code, HOLDER) for code in codes} | {("aa-ngo", agreed)}
