"""Residence permits and voluntary returns of persons who are not citizens (RP-1 … RP-6)."""

from pydantic import JsonValue

from player import consents, people
from player.answers import Item, Return
from player.scene import ON_ITS_WAY, Actor, Scene

IDENTIFICATION, REPATRIATION = "identification", "repatriation"
_CONSULTED = "state_security_service"


async def give_permit(scene: Scene) -> None:
    """From eligibility, which comes with the recognition, to the grant (RP-1, RP-2, RP-3)."""
    permit = scene.line.course.permit
    assert permit is not None  # noqa: S101  # the caller checked
    address = f"/api/permits/{await _eligible(scene, permit.ground)}"
    prosecuting = scene.by(people.MOTION_OFFICER, REPATRIATION)
    migration = scene.by(people.MIGRATION_OFFICER, REPATRIATION)
    applicant = prosecuting
    if permit.ground == "victim" and people.is_caseworker(scene.desk):
        applicant = scene.by(scene.desk, REPATRIATION)

    async def act(actor: Actor, what: str, days: int, **body: JsonValue) -> None:
        await actor.act(f"permit-{what}", f"{address}/{what}", scene.times.after_decision(days=days), **body)

    await act(applicant, "application", 2)
    await act(migration, "motion-request", 3)
    await act(prosecuting, "motion", 6)
    await act(migration, "lodging", 7)
    await act(migration, "opinion-request", 8, body=_CONSULTED)
    await act(migration, "opinion", 12, objection=False)
    granted_at = scene.times.after_decision(days=14)
    await migration.decide("permit-grant", f"{address}/grant", granted_at, months=permit.months)


async def _eligible(scene: Scene, ground: str) -> str:
    """The permit that may be applied for; on the ground of assisting it is opened by the motion officer (ID-11)."""
    officer = scene.by(people.MOTION_OFFICER, REPATRIATION)
    if ground == "victim":
        return (await officer.await_item("/api/permits", {"case_id": scene.case_id}, _on_victim_ground)).id
    opened = await officer.waiting_for(ON_ITS_WAY).act(
        "permit",
        "/api/permits",
        scene.times.after_decision(days=1),
        case_id=scene.case_id,
        ground=ground,
    )
    return opened.id


def _on_victim_ground(permits: list[Item]) -> Item | None:
    return next((permit for permit in permits if permit.ground == "victim"), None)


async def return_home(scene: Scene) -> None:
    """On recorded consent, past every gate, to the hand-over to the body that receives (RP-5, RP-6)."""
    wanted, times = scene.line.course.voluntary_return, scene.times
    assert wanted is not None  # noqa: S101  # the caller checked
    await consents.record(
        scene, "return-known", times.way_home(0.2), recipient="iom", purpose="return", data_class="identity"
    )
    officer = scene.by(people.RETURN_OFFICER, REPATRIATION)
    request = await officer.waiting_for(ON_ITS_WAY).act(
        "return",
        "/api/returns",
        times.way_home(0.3),
        case_id=scene.case_id,
        country=wanted.country,
    )

    async def act(what: str, share: float, actor: Actor = officer, **body: JsonValue) -> None:
        path = f"/api/returns/{request.id}/{what}"
        await actor.act(f"return-{what}", path, times.way_home(share), **body)

    second = scene.by(people.RETURN_WORKER, REPATRIATION)
    await act("consent", 0.35)
    await act("risk-assessment", 0.5, level="low", retrafficking_risk=False)
    if scene.is_child:
        await _appoint_guardian(scene)
        guardianship = scene.by(people.GUARDIANSHIP_WORKER, REPATRIATION)
        await act("best-interests", 0.55, guardianship, decision="return", opinion_heard="yes")
        await officer.person.await_that(f"/api/returns/{request.id}", Return, lambda seen: bool(seen.guardian))
    await act("claims-check", 0.6)
    await act("clearance", 0.65, second)
    await act("documents", 0.75)
    await act("travel", 0.9, payer="state")
    await act("departure", 1.0)
    path = f"/api/returns/{request.id}/handover"
    await officer.act("return-handover", path, times.after_departure(days=1), to="receiving_ngo")
    acknowledged_at, paper = times.after_departure(days=2), f"R/{scene.numbered.number}"
    await second.act("return-handover-acknowledgement", f"{path}-acknowledgement", acknowledged_at, paper=paper)


async def _appoint_guardian(scene: Scene) -> None:
    """The guardianship authority appoints one; repatriation learns of it by the event (ID-5, RP-5)."""
    guardianship = scene.by(people.GUARDIANSHIP_WORKER, IDENTIFICATION)
    path, at = f"/api/cases/{scene.case_id}/guardian", scene.times.way_home(0.52)
    await guardianship.act("guardian", path, at, outcome="appointed", reference=f"G/{scene.numbered.number}")
