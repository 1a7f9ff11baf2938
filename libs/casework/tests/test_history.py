"""A history shows a viewer only the entries of parts that the viewer may read."""

from uuid import UUID, uuid4

import pytest
from casework.bases import HOLDER, Basis, consent, told_of_bar
from casework.history import visible_history
from chassis.testing import ServiceUnderTest

from .givens import AUDITOR, CASEWORKER, acting

PART_OF = {"open_case": "see_sheet", "write_note": "read_note", "close_sheet": "close_sheet"}
ACTS = (*PART_OF, "of_no_part")


async def _a_case(desk: ServiceUnderTest) -> UUID:
    case_id = uuid4()
    for number, action in enumerate(ACTS):
        async with acting(desk) as uow:
            uow.audit(action, subject=f"sheet/{number % 2}", case_id=case_id, facts={"number": number})
            uow.audit(action, subject="sheet/0", case_id=uuid4())
            uow.audit(action, case_id=case_id, kind="refusal", outcome="no")
            uow.audit(action, case_id=case_id, kind="read", purpose="casework")
    return case_id


@pytest.mark.parametrize(
    ("bases", "shown"),
    [
        ([HOLDER], ["close_sheet", "write_note", "open_case"]),
        ([consent("legal_aid", "needs", uuid4())], ["write_note", "open_case"]),
        ([consent("legal_aid", "contact", uuid4()), told_of_bar(uuid4())], ["open_case"]),
        ([], []),
    ],
)
async def test_each_entry_belongs_to_a_part_that_the_basis_opens_or_not(
    desk: ServiceUnderTest, bases: list[Basis], shown: list[str]
) -> None:
    """Newest first; neither refusals nor reads, nor another case, nor an act of no part."""
    case_id = await _a_case(desk)
    async with acting(desk, CASEWORKER) as uow:
        items = await visible_history(uow, case_id, bases, PART_OF)
        assert [item.action for item in items] == shown
        of_one = await visible_history(uow, case_id, bases, PART_OF, subject="sheet/0")
        assert [item.action for item in of_one] == [action for action in shown if action != "write_note"]


async def test_a_role_that_has_every_case_needs_no_basis_and_only_its_own_parts(desk: ServiceUnderTest) -> None:
    case_id = await _a_case(desk)
    async with acting(desk, AUDITOR) as uow:
        items = await visible_history(uow, case_id, (), PART_OF)
    assert [item.action for item in items] == ["write_note", "open_case"]
    assert [item.facts for item in items] == [{"number": 1}, {"number": 0}]
