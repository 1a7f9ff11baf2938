"""For tests: what an agency's system submits over the bus, on every basis, against the service's own rights table."""

from collections.abc import Callable, Mapping
from uuid import UUID

from chassis.testing import ServiceUnderTest
from nrm_events.exchange import CaseSubmissionEvent
from nrm_events.taking_part import AGENCY_ROLE

from casework.bases import covered
from casework.testing import every_basis, give, name_of


async def wrong_codes(
    service: ServiceUnderTest,
    submit: Callable[[], CaseSubmissionEvent],
    *,
    action: str,
    refs: Mapping[str, UUID] | None = None,
) -> list[str]:
    """Every basis on which a submission is not answered as the table has it.

    `submit` makes a new one each time; `action` is the right that it needs; `refs` as in `Scene`. Without a basis the
    answer is `unknown`, on another one `not_for_this_basis`, and otherwise neither.
    """
    cell = service.service.every_right[action].get(AGENCY_ROLE, ())
    assert isinstance(cell, tuple)  # noqa: S101  # an action on a case
    wrong = []
    for known in [(), *((basis,) for basis in every_basis(service.service.every_right, refs or {}))]:
        submission = submit()
        await give(service, submission.case_id, submission.agency, known)
        await service.receives(submission)
        code = await _code_of(service, submission)
        expected = "unknown" if not known else "granted" if covered(cell, known) else "not_for_this_basis"
        got = code if code in ("unknown", "not_for_this_basis") else "granted"
        if got != expected:
            wrong.append(f"{type(submission).__name__} by {name_of(known)}: {code}, not {expected}")
    return wrong


async def _code_of(service: ServiceUnderTest, submission: CaseSubmissionEvent) -> str:
    (code,) = [
        answer["code"]
        for name, answer in await service.published()
        if name == "SubmissionAnswered" and answer["submission_id"] == str(submission.submission_id)
    ]
    return str(code)
