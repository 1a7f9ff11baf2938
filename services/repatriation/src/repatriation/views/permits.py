"""Residence permits as people see them; the ground is for permit and motion officers only (RP-1 … RP-3, ID-11)."""

from collections.abc import Sequence
from uuid import UUID

from casework import access, answers
from casework.calendar import WorkingDays, end_of_day, local_date
from casework.deadlines import Deadline
from casework.decreed_days import working_days
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from sqlalchemy import select

from repatriation.answers import DecisionAnswer, OpinionAnswer, PermitAnswer, PermitRow
from repatriation.domain import permits
from repatriation.facts.permits import facts_of, law, opinions_of
from repatriation.facts.visibility import find
from repatriation.parameters import value_or_none
from repatriation.tables import Permit, PermitDecision, PermitOpinion
from repatriation.views import parts
from repatriation.views.lists import WantedPermits, page_of
from repatriation.views.parts import Viewed

PART_OF = dict.fromkeys(
    (
        *("open", "record_lawful_stay", "apply", "request_motion", "receive_motion", "lodge", "ask_opinion"),
        *("give_opinion", "fall_silent", "grant", "refuse", "extend", "expire", "cancel", "surrender", "appeal"),
        *("decline_motion", "withdraw", "set_aside", "reapply", "confirm", "re_examine", "end_proceedings"),
        *("move_due_of_opinion", "move_due_of_motion"),
    ),
    "see_permits",
)


async def permit(uow: UnitOfWork, row: Permit) -> PermitAnswer:
    """A permit by the law of today: what is waived, what stands, what waits, what was decided (RP-1, RP-2, RP-3)."""
    await uow.session.flush()
    (seen,) = await parts.viewed(uow, [row])
    today = law(local_date(uow.now))
    facts = await facts_of(uow, row, uow.now)
    opinions = await opinions_of(uow, row.id)
    decisions = await uow.session.scalars(
        select(PermitDecision).where(PermitDecision.permit_id == row.id).order_by(PermitDecision.round)
    )
    refused = permits.refused_in(row.state, facts, today, uow.now)
    fields: dict[str, object] = {
        "follows": row.follows,
        "lawful_stay_ends": row.lawful_stay_ends,
        "registered_at": SPECIAL_POLICE_BODY,
        "fee_qepik": today.fee_qepik,
        "fingerprints_taken": permits.fingerprints(seen.age_group, today) == "taken",
        "fingerprints": permits.fingerprints(seen.age_group, today),
        "fingerprints_from_age": today.fingerprint_age,
        "waived_documents": today.waived_documents,
        "standing_refusal_grounds": today.standing_grounds,
        "refusal_grounds_now": permits.refusal_grounds(row.state, facts, today),
        "waived_refusal_grounds": today.waived_grounds,
        "opinions": [OpinionAnswer.model_validate(opinion, from_attributes=True) for opinion in opinions],
        "decisions": [DecisionAnswer.model_validate(decision, from_attributes=True) for decision in decisions],
        "actions": [
            *parts.actions(uow, row, seen, machine=permits.PERMIT, refused=refused),
            *parts.beside(uow, seen, _beside(row)),
        ],
        "clocks": answers.clocks(_clocks(row, opinions, await working_days(uow)), uow.now),
    }
    return PermitAnswer.model_validate(_fields(uow, row, seen) | fields)


def _beside(row: Permit) -> dict[str, tuple[str, str | None]]:
    """A permit is confirmed, and its proceedings end, in any state (ID-9, RP-1)."""
    acts: dict[str, tuple[str, str | None]] = {
        "confirm": ("confirm_permit", None if row.re_examine else "no_re_examination_open")
    }
    if row.ground == permits.ASSISTING and row.proceedings_ended_at is None:
        acts["end_proceedings"] = ("end_proceedings", None)
    return acts


async def list_permits(uow: UnitOfWork, wanted: WantedPermits) -> Page[PermitRow]:
    rows, key = await page_of(uow, Permit, wanted, for_="see_permits")
    seen = await parts.viewed(uow, rows)
    return Page(
        items=[PermitRow.model_validate(_fields(uow, *pair)) for pair in zip(rows, seen, strict=True)], next=key
    )


def _fields(uow: UnitOfWork, row: Permit, seen: Viewed) -> dict[str, object]:
    """The row's own fields, the ground only for who may read it."""
    fields = parts.columns(row, PermitRow, "ground") | parts.of_case(row, seen)
    if access.gives(uow, "see_assisting_ground", seen.own):
        fields["ground"] = row.ground
    return fields


def _clocks(row: Permit, opinions: Sequence[PermitOpinion], calendar: WorkingDays) -> list[Deadline]:
    """RP-3: application, opinions, the decision where the law of the day sets a term, and the permit's own end."""

    found = [
        Deadline(
            "opinion",
            one.due_at,
            one.answered_at or (one.due_at if one.silent else None),
            provisional=calendar.is_provisional(one.asked_at, one.due_at),
        )
        for one in opinions
    ]
    if row.motion_requested_at and row.motion_due_at:
        answered = row.motion_received_at or row.motion_declined_at
        provisional = calendar.is_provisional(row.motion_requested_at, row.motion_due_at)
        found.append(Deadline("motion", row.motion_due_at, answered, provisional=provisional))
    if row.apply_by:
        found.append(Deadline("permit_application", end_of_day(row.apply_by), row.applied_at))
    term = value_or_none("permit_decision_workdays", local_date(row.lodged_at)) if row.lodged_at else None
    if term and row.lodged_at:
        due_at = calendar.due(row.lodged_at, term)
        provisional = calendar.is_provisional(row.lodged_at, due_at)
        found.append(Deadline("permit_decision", due_at, row.decided_at, provisional=provisional))
    if row.valid_until:
        ended = row.effective_at if row.state in permits.ENDED_HOW else None
        found.append(Deadline("permit", end_of_day(row.valid_until), ended))
    return found


async def one(uow: UnitOfWork, permit_id: UUID) -> PermitAnswer:
    row, _ = await find(uow, Permit, permit_id, for_="see_permits")
    return await permit(uow, row)


async def history(uow: UnitOfWork, permit_id: UUID) -> answers.History:
    """What was done, newest first."""
    row, own = await find(uow, Permit, permit_id, for_="see_permits")
    return await parts.history(uow, row, own, PART_OF)
