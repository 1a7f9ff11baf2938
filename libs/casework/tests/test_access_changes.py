"""Access of many cases at once: granted and ended with a statement each, as one after the other (ID-7, ID-12)."""

from uuid import UUID, uuid4

import pytest
from casework.access import Access, AccessChanges, Ended, grant, revoke_by, revoke_each
from casework.bases import ENDED, FORMAL_BODY, HOLDER, Basis, requested, serves, told_of_bar
from casework.projection import agency_joined, agency_removed, case_closed, case_reopened
from chassis.testing import ServiceUnderTest
from nrm_events import exchange, identification
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from sqlalchemy import text

from .givens import AT, acting, known, put, statements

ONE, OTHER = uuid4(), uuid4()
PLACE, OTHER_PLACE, SERVED = requested("place", ONE), requested("place", OTHER), serves("place", ONE)
ACTED = Basis("formal_body", ENDED)
LATER = AT.replace(year=2025)


async def test_bases_of_many_cases_end_with_one_statement(desk: ServiceUnderTest) -> None:
    by_object, by_name, untouched = uuid4(), uuid4(), uuid4()
    for case_id in (by_object, by_name, untouched):
        await put(desk, case_id, "vac", PLACE, OTHER_PLACE, SERVED)
    async with acting(desk) as uow:
        with statements(desk) as sent:
            await revoke_each(uow, [Ended(by_object, "asked", ONE), Ended(by_name, "asked"), Ended(uuid4(), "asked")])
            await revoke_each(uow, [])
    assert len(sent) == 1
    assert await known(desk, by_object) == {("vac", OTHER_PLACE), ("vac", SERVED)}
    assert await known(desk, by_name) == {("vac", SERVED)}
    assert await known(desk, untouched) == {("vac", PLACE), ("vac", OTHER_PLACE), ("vac", SERVED)}


GRANT, END, END_ALL = "grant", "end", "end all"


@pytest.mark.parametrize(
    "steps",
    [
        (GRANT,),
        (END,),
        (GRANT, END),
        (END, GRANT),
        (GRANT, END, GRANT),
        (END, GRANT, END),
        (GRANT, END_ALL),
        (END_ALL, GRANT),
        (GRANT, GRANT),
    ],
)
@pytest.mark.parametrize("stood", [True, False])
async def test_changes_leave_what_one_after_the_other_leaves(
    desk: ServiceUnderTest, steps: tuple[str, ...], stood: bool
) -> None:
    """Also that what stands stays since when it was, and what was ended stands anew."""
    together, apart = uuid4(), uuid4()
    for case_id in (together, apart):
        await put(desk, case_id, "sms", *([told_of_bar(ONE)] if stood else []), told_of_bar(OTHER))
    async with acting(desk) as uow:
        changes = AccessChanges()
        for step in steps:
            if step == GRANT:
                changes.grant(Access(together, "sms", told_of_bar(ONE), LATER))
                await grant(uow, [Access(apart, "sms", told_of_bar(ONE), LATER)])
            else:
                ref = ONE if step == END else None
                changes.end(Ended(together, "told_of_bar", ref))
                await revoke_by(uow, apart, "told_of_bar", ref)
        await changes.write(uow)
    assert await _since(desk, together) == await _since(desk, apart)


async def test_changes_of_many_cases_are_two_statements_and_forgotten(desk: ServiceUnderTest) -> None:
    cases = [uuid4() for _ in range(20)]
    async with acting(desk) as uow:
        changes = AccessChanges()
        for case_id in cases:
            changes.end(Ended(case_id, "asked"))
            changes.grant(Access(case_id, "vac", PLACE, AT))
        with statements(desk) as sent:
            await changes.write(uow)
            await changes.write(uow)
    assert len(sent) == 2
    assert [await known(desk, case_id) for case_id in cases] == [{("vac", PLACE)}] * len(cases)


async def test_cases_close_and_reopen_together(desk: ServiceUnderTest) -> None:
    """ID-7, ID-9: two statements each, and a case that is not handed over stays as it is."""
    handed, other = [uuid4(), uuid4()], uuid4()
    for case_id in handed:
        await put(desk, case_id, SPECIAL_POLICE_BODY, FORMAL_BODY)
    await put(desk, other, "vac", HOLDER)
    every = [*handed, other]
    closed = [
        desk.envelope(identification.CaseClosed(effective_at=AT, case_id=case_id, outcome="closed"))
        for case_id in every
    ]
    reopened = [
        desk.envelope(identification.IdentificationReopened(effective_at=AT, case_id=case_id, decision_id=ONE))
        for case_id in every
    ]
    async with acting(desk) as uow:
        with statements(desk) as sent:
            await case_closed(uow, closed)
    assert len(sent) == 2
    assert [await known(desk, case_id) for case_id in every] == _all(ACTED)
    async with acting(desk) as uow:
        await case_reopened(uow, reopened)
    assert [await known(desk, case_id) for case_id in every] == _all(FORMAL_BODY)


def _all(of_the_body: Basis) -> list[set[tuple[str, Basis]]]:
    return [{(SPECIAL_POLICE_BODY, of_the_body)}, {(SPECIAL_POLICE_BODY, of_the_body)}, {("vac", HOLDER)}]


async def test_agencies_join_and_leave_together(desk: ServiceUnderTest) -> None:
    """ID-7: those that are police lose what they knew by consent, whatever joins beside them."""
    case_id, agreed = uuid4(), Basis("consent", "legal_aid", "needs", ONE)
    codes = {"ngo-one": "ngo", "mia-one": "police", "mia-two": "police"}
    of_an_agency = {"effective_at": AT, "agency_id": uuid4()}
    for agency in codes:
        await put(desk, case_id, agency, agreed)
    joined = [
        exchange.AgencyJoined.model_validate({"agency": code, "kind": kind} | of_an_agency)
        for code, kind in codes.items()
    ]
    async with acting(desk) as uow:
        await agency_joined(uow, [desk.envelope(event) for event in joined])
    assert await known(desk, case_id) == {("ngo-one", agreed)}
    removed = [
        exchange.AgencyRemoved.model_validate({"agency": code} | of_an_agency) for code in ("ngo-one", "mia-one")
    ]
    async with acting(desk) as uow:
        await agency_removed(uow, [desk.envelope(event) for event in removed])
    async with desk.session() as session:
        left = await session.scalars(text("select code from joined_agency where removed_at is not null order by code"))
        assert list(left) == ["mia-one", "ngo-one"]


async def _since(desk: ServiceUnderTest, case_id: UUID) -> set[tuple[object, ...]]:
    async with desk.session() as session:
        found = await session.execute(
            text("select agency, ref, since from case_access where case_id = :c"), {"c": case_id}
        )
        return {tuple(row) for row in found}
