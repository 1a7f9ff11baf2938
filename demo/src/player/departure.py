"""Residence permits and voluntary returns of persons who are not citizens (RP-1 … RP-6)."""

from typing import Any

from player import people
from player.scene import ON_ITS_WAY, Scene

REPATRIATION = "repatriation"
_CONSULTED = "state_security_service"


async def give_permit(scene: Scene) -> None:
    """From eligibility, which comes with the recognition, to the grant (RP-1, RP-2, RP-3)."""
    permit = scene.line.course.permit
    assert permit is not None  # noqa: S101  # the caller asked
    address = f"/api/permits/{await _eligible(scene, permit.ground)}"
    applicant = people.MOTION_OFFICER
    if permit.ground == "victim" and people.has_caseworker(scene.line):
        applicant = people.desk(scene.line)

    async def act(what: str, who: str, days: int, **body: Any) -> None:
        at = scene.times.after_decision(days=days)
        await scene.act(f"permit-{what}", who, REPATRIATION, f"{address}/{what}", at, **body)

    await act("application", applicant, 2)
    await act("motion-request", people.MIGRATION_OFFICER, 3)
    await act("motion", people.MOTION_OFFICER, 6)
    await act("lodging", people.MIGRATION_OFFICER, 7)
    await act("opinion-request", people.MIGRATION_OFFICER, 8, body=_CONSULTED)
    await act("opinion", people.MIGRATION_OFFICER, 12, objection=False)
    at = scene.times.after_decision(days=14)
    officer = people.MIGRATION_OFFICER
    await scene.decide("permit-grant", officer, REPATRIATION, address, "grant", at, months=permit.months)


async def _eligible(scene: Scene, ground: str) -> str:
    """The permit that may be applied for; on the ground of assisting it is opened by the motion officer (ID-11)."""
    if ground == "victim":
        return await scene.platform.await_effect(
            people.MOTION_OFFICER, REPATRIATION, "/api/permits", {"case_id": scene.case_id}, _on_victim_ground
        )
    opened = await scene.act(
        "permit",
        people.MOTION_OFFICER,
        REPATRIATION,
        "/api/permits",
        scene.times.after_decision(days=1),
        ON_ITS_WAY,
        case_id=scene.case_id,
        ground=ground,
    )
    return str(opened["id"])


def _on_victim_ground(page: dict[str, Any]) -> str | None:
    return next((str(permit["id"]) for permit in page["items"] if permit["ground"] == "victim"), None)


async def return_home(scene: Scene) -> None:
    """On recorded consent, past every gate, to the hand-over to the body that receives (RP-5, RP-6)."""
    asked, times = scene.line.course.voluntary_return, scene.times
    assert asked is not None  # noqa: S101  # the caller asked
    who = people.RETURN_OFFICER
    await scene.act(
        "return-known",
        people.desk(scene.line),
        "identification",
        f"/api/cases/{scene.case_id}/consents",
        times.way_home(0.2),
        recipient="iom",
        purpose="return",
        data_class="identity",
    )
    request = await scene.act(
        "return",
        who,
        REPATRIATION,
        "/api/returns",
        times.way_home(0.3),
        ON_ITS_WAY,
        case_id=scene.case_id,
        country=asked.country,
    )

    async def act(what: str, share: float, **body: Any) -> None:
        path = f"/api/returns/{request['id']}/{what}"
        await scene.act(f"return-{what}", who, REPATRIATION, path, times.way_home(share), **body)

    await act("consent", 0.35)
    await act("risk-assessment", 0.5, level="low", retrafficking_risk=False)
    if scene.age_group == "child":
        await act("best-interests", 0.55, guardian=True, decision="return", opinion_heard="yes")
    await act("claims-check", 0.6)
    await act("clearance", 0.65)
    await act("documents", 0.75)
    await act("travel", 0.9, payer="state")
    await act("departure", 1.0)
    for what, days, body in (("handover", 1, {"to": "iom"}), ("handover-acknowledgement", 2, {})):
        path = f"/api/returns/{request['id']}/{what}"
        await scene.act(f"return-{what}", who, REPATRIATION, path, times.after_departure(days=days), **body)
