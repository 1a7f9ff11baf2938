"""Removal bars as the facts ask for them: raised, extended, lifted, and every change told where it may be (RP-4)."""

from datetime import datetime
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.clock import local_date, new_id
from chassis.outbox import emit
from chassis.parameters import NotInForce
from nrm_events.repatriation import (
    RemovalBarExtended,
    RemovalBarLifted,
    RemovalBarNoticed,
    RemovalBarNoticeEnded,
    RemovalBarRaised,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import tables as t
from repatriation.domain import bars, permits
from repatriation.settings import PARAMETERS
from repatriation.standing import considered_until, open_claims, person_of, standing_recognitions, value_or_none
from repatriation.use_cases.acts import ITSELF, moved, note


async def reconcile_bars(session: AsyncSession, case_id: UUID, now: datetime, at: datetime) -> None:
    """Raise and extend what the facts ask for, lift what they no longer carry (RP-4, ID-5, ID-10).

    Runs after each event of the case, so that the order in which services are heard does not matter.
    """
    await session.flush()
    person = await person_of(session, case_id)
    held = await _bars_of(session, case_id)
    await _lift_by_facts(session, person, held, at)
    changes = bars.reconcile(
        await _wanted(session, case_id, person),
        [bars.Held(b.id, b.basis, b.source, b.state, b.since, b.until, b.lifted_by) for b in held],
    )
    for bar in changes.raised:
        await raise_bar(session, ITSELF, case_id, bar, person, now)
    rows = {row.id: row for row in held}
    for standing, until in changes.extended:
        await extend_bar_until(session, ITSELF, rows[standing.bar_id], until, person, at)


async def _bars_of(session: AsyncSession, case_id: UUID) -> list[t.Bar]:
    rows = await session.scalars(select(t.Bar).where(t.Bar.case_id == case_id).order_by(t.Bar.id).with_for_update())
    return list(rows)


async def _wanted(session: AsyncSession, case_id: UUID, person: bars.Person) -> list[bars.Wanted]:
    """What ought to stand by the facts of the case; a rule that did not exist on its day raises nothing."""
    recognitions = await standing_recognitions(session, case_id)
    until: dict[UUID, datetime] = {}
    child_rule: list[UUID] = []
    for found in recognitions:
        if value_or_none("removal_bar_months", local_date(found.since)) is not None:
            until[found.recognition_id] = considered_until(found.since)
        if value_or_none("removal_bar_child", local_date(found.since)) is not None:
            child_rule.append(found.recognition_id)
    wanted = [bars.considered_bar(person, recognitions, until), bars.child_bar(person, recognitions, child_rule)]
    reflections = await session.scalars(
        select(t.Reflection).where(t.Reflection.case_id == case_id, t.Reflection.ended_at.is_(None))
    )
    wanted += [bars.reflection_bar(person, r.reflection_id, r.since, r.ends_at) for r in reflections]
    permitted = await session.scalars(
        select(t.Permit).where(
            t.Permit.case_id == case_id,
            t.Permit.ground == permits.ASSISTING,
            t.Permit.follows.is_(None),
            t.Permit.proceedings_ended_at.is_(None),
        )
    )
    wanted += [
        bars.permit_bar(person, p.id, p.opened_at)
        for p in permitted
        if value_or_none("removal_bar_assisting", local_date(p.opened_at)) is not None
    ]
    wanted += [
        bars.claim_hold(person, c.claim_id, c.since)
        for c in await open_claims(session, case_id)
        if c.kind == "compensation"
    ]
    return [bar for bar in wanted if bar]


async def _lift_by_facts(session: AsyncSession, person: bars.Person, held: list[t.Bar], at: datetime) -> None:
    """A citizen is not removed by anybody, and an adult's bar is no child's; each end is told and audited."""
    for bar in held:
        if bar.state != "standing":
            continue
        if person.citizenship == "citizen":
            await lift(session, ITSELF, bar, "citizen_established", at, action="lift")
        elif bar.basis == "child" and person.age_group == "adult":
            await lift(session, ITSELF, bar, "adult_established", at, action="lift")


async def raise_bar(
    session: AsyncSession, who: Actor, case_id: UUID, wanted: bars.Wanted, person: bars.Person, now: datetime
) -> t.Bar:
    bar = t.Bar(
        id=new_id(),
        case_id=case_id,
        basis=wanted.basis,
        source=wanted.source,
        advisory=wanted.advisory,
        state=bars.BAR.start,
        version=1,
        since=wanted.since,
        until=wanted.until,
        told=False,
        told_at=None,
        re_examine=False,
        lifted_at=None,
        lifted_by=None,
        effective_at=wanted.since,
        recorded_at=now,
    )
    session.add(bar)
    emit(session, RemovalBarRaised(**_about(bar, wanted.since)))
    note(session, who, "raise", bar, wanted.since, advisory=bar.advisory, until=bar.until)
    await tell(session, bar, person, wanted.since)
    return bar


async def extend_bar_until(
    session: AsyncSession, who: Actor, bar: t.Bar, until: datetime | None, person: bars.Person, at: datetime
) -> None:
    bar.until = until
    bar.re_examine = False
    moved(bar, bars.BAR.after(bar.state, "extend"), at)
    emit(session, RemovalBarExtended(**_about(bar, at)))
    note(session, who, "extend", bar, at, until=until)
    await tell(session, bar, person, at)


async def lift(session: AsyncSession, who: Actor, bar: t.Bar, reason: str, at: datetime, *, action: str) -> None:
    """`at` may lie before the last act on the bar: its date came, or what it rested on ended, and was told late."""
    bar.lifted_at = max(at, bar.since)
    bar.lifted_by = reason
    bar.re_examine = False
    moved(bar, bars.BAR.after(bar.state, action), at)
    emit(session, RemovalBarLifted(**_about(bar, bar.lifted_at)))
    note(session, who, action, bar, bar.lifted_at, reason=reason)
    await tell(session, bar, await person_of(session, bar.case_id), bar.lifted_at)


async def tell(session: AsyncSession, bar: t.Bar, person: bars.Person, at: datetime) -> None:
    """RP-4, ID-12: the change goes to sms at once, with consent or for a child; without, the bar just stands."""
    if not bars.may_tell(person):
        return
    bar.told, bar.told_at = True, at
    await access.allow(session, [(bar.case_id, bars.TOLD_AGENCY, bars.TOLD_PURPOSE, at)])
    emit(session, RemovalBarNoticed(**_about(bar, at), told=bars.TOLD_AGENCY))


async def tell_standing(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """Consent came, or the person is a child: what stands and was not told is told now (RP-4)."""
    person = await person_of(session, case_id)
    for bar in await _bars_of(session, case_id):
        if bar.state == "standing" and not bar.told:
            await tell(session, bar, person, at)


async def stop_telling(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """ID-12: without consent, and for no child, sms loses sight here and elsewhere; the bars stand all the same."""
    if bars.may_tell(await person_of(session, case_id)):
        return
    await access.end(session, [(case_id, bars.TOLD_AGENCY, bars.TOLD_PURPOSE)])
    told = [bar for bar in await _bars_of(session, case_id) if bar.told]
    for bar in told:
        bar.told = False
        bar.version += 1
    if told:
        emit(session, RemovalBarNoticeEnded(effective_at=at, case_id=case_id, told=bars.TOLD_AGENCY))


def note_missing_rules(session: AsyncSession, case_id: UUID, since: datetime, is_child: bool) -> None:
    """Before its first day a rule raises nothing (RP-4); the audit says so and everything else goes on."""
    for name in ("removal_bar_months", "removal_bar_child") if is_child else ("removal_bar_months",):
        try:
            PARAMETERS.row(name, local_date(since))
        except NotInForce as refusal:
            audit.record(
                session,
                ITSELF,
                "raise",
                subject=f"case/{case_id}",
                case_id=case_id,
                effective_at=since,
                outcome=refusal.code,
                facts=refusal.facts,
            )


async def re_examine_bars(session: AsyncSession, case_id: UUID, at: datetime) -> None:
    """ID-9: what the person is considered by has changed; the bar stands until a person decides."""
    for bar in await _bars_of(session, case_id):
        if bar.state == "standing" and bar.basis == "considered_victim":
            bar.re_examine = True
            moved(bar, bar.state, at)
            note(session, ITSELF, "re_examine", bar, at)


async def settle_re_examination(session: AsyncSession, case_id: UUID) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    for bar in await _bars_of(session, case_id):
        bar.re_examine = False


async def lift_what_rests_on(session: AsyncSession, case_id: UUID, basis: str, source: UUID, at: datetime) -> None:
    """The reflection, the claim or the proceedings ended, and the bar with it (RP-4, ID-10)."""
    for bar in await _bars_of(session, case_id):
        if bar.state == "standing" and (bar.basis, bar.source) == (basis, source):
            await lift(session, ITSELF, bar, "basis_ended", at, action="lift")


def _about(bar: t.Bar, at: datetime) -> dict[str, object]:
    """What every event of a bar says: no basis, so that nobody can tell a ground (ID-11)."""
    return {
        "effective_at": at,
        "case_id": bar.case_id,
        "bar_id": bar.id,
        "until": bar.until,
        "advisory": bar.advisory,
    }
