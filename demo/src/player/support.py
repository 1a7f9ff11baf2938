"""A place in a shelter, and the hand-over to the assistance centre (SH-1, SH-2, SH-4, SH-8)."""

from datetime import timedelta

from player import people
from player.answers import Answer, Place, Places
from player.faults import Refused
from player.scene import ON_ITS_WAY, Actor, Scene
from player.timeline import Stay

SHELTER = "shelter"
_TRACKS = {"SexualExploitation": "SexualExploitation", "ForcedLabour": "ForcedLabour"}
_SEXES = {"Feminine": "female", "Masculine": "male"}
_ENDS = {
    "discharged_to_vac": {"how": "discharged", "to": "vac"},
    "family": {"how": "discharged", "to": "family"},
    "left_voluntarily": {"how": "left"},
}
_TAKEN_MEANWHILE = ("bed_taken", "bed_out_of_use", "place_does_not_fit")
_MOST_OFFERS = 20
_DAY = timedelta(days=1)


async def house(scene: Scene) -> None:
    """A place is requested, offered, taken, extended and left."""
    shelter = scene.line.course.shelter
    assert shelter is not None  # noqa: S101  # the caller checked
    stay, manager = scene.times.stay(), scene.by(people.manager(shelter.facility), SHELTER)
    requesting = scene.by(scene.helper, SHELTER).waiting_for((*ON_ITS_WAY, "police_operator_case_hidden"))
    requested = await requesting.act(
        "place",
        "/api/stays",
        scene.times.after_decision(hours=2),
        case_id=scene.case_id,
        category=shelter.category,
        sex=_SEXES.get(str(scene.line.htcds.get("prs_Gender")), "unknown"),
        track=_track(scene),
        children=1 if shelter.category == "adult_with_children" else 0,
        addressed_to=[people.operator(shelter.facility)],
    )
    address = f"/api/stays/{requested.id}"
    state = requested.state
    if requested.replayed:  # the bed was chosen from what was free then: it is not chosen again
        seen = await manager.look_if_allowed(address, Answer)
        state = seen.state if seen else "ended"
    if state == "requested":
        await _offer(manager, address, shelter.facility)
    await manager.act("admission", f"{address}/admission", stay.admitted_at)
    scene.housed = True
    for index, at in enumerate(stay.extended_at):  # each is decided on the day before the stay would end
        days, step = shelter.extensions[index], f"extension-{index}"
        await manager.decide(step, f"{address}/extension", at, granted=True, reason="recovery", days=days)
    if stay.left_at and not _departs_before(scene, stay):
        await manager.act("leaving", f"{address}/leave", stay.left_at, **_ENDS[shelter.ends])


def _track(scene: Scene) -> str:
    form = people.exploitation(scene.line)
    if form is None:
        return "unknown"
    if form == "ForcedBegging" and scene.is_child:
        return "StreetChildren"
    return _TRACKS.get(form, "Other")


async def _offer(manager: Actor, address: str, facility: str) -> None:
    """Offer one of the best places; when somebody was quicker, look again and offer another."""
    scene = manager.scene
    for _ in range(_MOST_OFFERS):
        found = await manager.look(f"{address}/places", Places)
        bed = _choose(found.places, facility, scene.numbered.number)
        try:
            await manager.decide("offer", f"{address}/offer", scene.times.after_decision(hours=4), bed_id=bed)
            return
        except Refused as refused:
            if refused.code not in _TAKEN_MEANWHILE:
                raise
    raise Refused(409, "no_place_left", "Every place was taken by somebody else.")


def _choose(places: list[Place], facility: str, number: int) -> str:
    """One of the places of the house that fit best; lines that are played side by side choose different ones."""
    fitting = [
        place
        for place in places
        if place.fits and (place.facility == facility or place.facility.startswith(f"{facility}-"))
    ]
    if not fitting:
        raise Refused(409, "no_place_fits", "No place of the house fits.")
    best = [place for place in fitting if place.score == fitting[0].score]
    return best[number % len(best)].bed_id


def _departs_before(scene: Scene, stay: Stay) -> bool:
    """A person who goes home during the stay leaves it by that."""
    return scene.line.course.voluntary_return is not None and scene.times.departs_at <= stay.ends_at


async def hand_over_to_centre(scene: Scene) -> None:
    """The centre takes the support over and provides the care that the course names.

    After a stay it is handed over at its end; where that lies in the next year or is still to come, during the stay.
    """
    shelter, times = scene.line.course.shelter, scene.times
    begins = times.in_its_year(times.stay().ends_at) if shelter else times.after_decision(days=3)
    who = people.manager(shelter.facility) if shelter and scene.housed else scene.helper
    handover = (
        await scene.by(who, SHELTER)
        .waiting_for(ON_ITS_WAY)
        .act("hand-over", "/api/handovers", begins, case_id=scene.case_id, to="vac")
    )
    taken_at = times.in_its_year(begins + _DAY)
    centre = scene.by(people.REINTEGRATION_WORKER, SHELTER)
    await centre.act("hand-over-taken", f"/api/handovers/{handover.id}/acknowledgement", taken_at)
    for index, kind in enumerate(scene.line.course.vac or ()):
        at = times.in_its_year(taken_at + _DAY * (index + 1))
        await centre.act(f"care-{index}", "/api/assistance", at, case_id=scene.case_id, kind=kind, payer="vac")
