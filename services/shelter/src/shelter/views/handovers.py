"""Hand-overs, to their two agencies and to who is responsible for the person (SH-8)."""

from uuid import UUID

from casework import access, answers
from casework.calendar import WorkingDays
from casework.deadlines import Deadline
from casework.decreed_days import working_days
from casework.history import visible_history
from casework.listing import Wanted, among_first, runs
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from pydantic import BaseModel
from sqlalchemy import select

from shelter.answers.support import HandoverAnswer
from shelter.domain.care import HANDOVER
from shelter.facts.access import Bases, bases_on_cases, find_handover, known_handovers, ways_to_handovers
from shelter.tables import Handover, handover_listed
from shelter.views import actions
from shelter.views.parts import stored

_STORED = (
    *("id", "case_id", "state", "version", "from_agency", "requested_at", "due_at", "acknowledged_at", "declined_at"),
    *("decline_reason", "withdrawn_at", "ended_at", "end_reason", "re_examine_since", "re_examine_reasons"),
)
PART_OF = dict.fromkeys(
    (
        *("hand_over", "acknowledge", "decline_handover", "withdraw", "move_due"),
        *("ask_to_re_examine", "re_examine_handover", "end_handover"),
    ),
    "see_handovers",
)


class HandoverFilter(BaseModel):
    case_id: UUID | None = None
    state: str | None = None


async def read_handover(uow: UnitOfWork, handover_id: UUID) -> HandoverAnswer:
    row, own = await find_handover(uow, handover_id, for_="see_handovers")
    return _answer(uow, row, own, await working_days(uow))


async def handover(uow: UnitOfWork, row: Handover) -> HandoverAnswer:
    """The hand-over after an act."""
    await uow.session.flush()
    return _answer(uow, row, await access.bases(uow, row.case_id), await working_days(uow))


def _answer(uow: UnitOfWork, row: Handover, own: Bases, calendar: WorkingDays) -> HandoverAnswer:
    owners = {
        "acknowledge": [row.to_agency],
        "decline_handover": [row.to_agency],
        "withdraw": [row.from_agency],
        "re_examine_handover": [row.to_agency],
        "end_handover": [row.to_agency],
    }
    refused = actions.of_others(uow, owners)
    if row.re_examine_since is None:
        refused.setdefault("re_examine_handover", "nothing_to_re_examine")
    listed = HANDOVER.list_actions(row.state, refused)
    deadlines = []
    if row.due_at:
        provisional = calendar.is_provisional(row.requested_at, row.due_at)
        deadlines = [Deadline("handover", row.due_at, row.acknowledged_at, provisional)]
    found: dict[str, object] = stored(row, _STORED) | {"case_ref": case_reference(row.case_id), "to": row.to_agency}
    found["re_examine_reason"] = next(iter(row.re_examine_reasons), None)
    if access.gives(uow, "read_handover_stay", own):
        found["stay_id"] = row.stay_id
    found["actions"] = actions.possible(uow, listed, own)
    found["clocks"] = answers.clocks(deadlines, uow.now) if row.state in ("requested", "acknowledged") else []
    return HandoverAnswer.model_validate(found)


async def handovers(uow: UnitOfWork, wanted: HandoverFilter, limit: int, after: UUID | None) -> Page[HandoverAnswer]:
    shown = [known_handovers(uow, for_="see_handovers")]
    if wanted.state:
        shown.append(Handover.state == wanted.state)
    if wanted.case_id:
        shown.append(Handover.case_id == wanted.case_id)
    else:
        by_page = runs(uow, handover_listed, ways_to_handovers(uow), {"state": [wanted.state]} if wanted.state else {})
        shown = [among_first(Handover.id, by_page, shown, Wanted(limit, after))]
    found = select(Handover).where(*shown)
    rows, following = await paging.page(uow.session, found, Handover.id, limit=limit, after=after)
    own = await bases_on_cases(uow, {row.case_id for row in rows})
    calendar = await working_days(uow)
    return Page(items=[_answer(uow, row, own[row.case_id], calendar) for row in rows], next=following)


async def history(uow: UnitOfWork, handover_id: UUID) -> answers.History:
    row, own = await find_handover(uow, handover_id, for_="see_handovers")
    return answers.history(await visible_history(uow, row.case_id, own, PART_OF, subject=f"handover/{row.id}"))
