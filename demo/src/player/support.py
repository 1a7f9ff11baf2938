"""A place in a shelter, and the hand-over to the assistance centre (SH-1, SH-2, SH-4, SH-8)."""

from datetime import timedelta
from typing import Any

from player import people
from player.faults import Refused
from player.scene import ON_ITS_WAY, Scene
from player.timeline import Stay

SHELTER = "shelter"
_TRACKS = {"SexualExploitation": "SexualExploitation", "ForcedLabour": "ForcedLabour"}
_SEXES = {"Feminine": "female", "Masculine": "male"}
_ENDS = {
    "discharged_to_vac": {"how": "discharged", "to": "vac"},
    "family": {"how": "discharged", "to": "family"},
    "left_voluntarily": {"how": "left"},
}
_HELD_MEANWHILE = ("bed_taken", "bed_out_of_use", "place_does_not_fit")
_MOST_OFFERS = 20
_DAY = timedelta(days=1)


async def house(scene: Scene) -> None:
    """A place is asked for, offered, taken, kept for longer, and left."""
    shelter = scene.line.course.shelter
    assert shelter is not None  # noqa: S101  # the caller asked
    stay, manager = scene.times.stay(), people.manager(shelter.facility)
    requested = await scene.act(
        "place",
        people.casework(scene.line),
        SHELTER,
        "/api/stays",
        scene.times.after_decision(hours=2),
        (*ON_ITS_WAY, "police_operator_case_hidden"),
        case_id=scene.case_id,
        category=shelter.category,
        sex=_SEXES.get(str(scene.line.htcds.get("prs_Gender")), "unknown"),
        track=_track(scene),
        children=1 if shelter.category == "adult_with_children" else 0,
        addressed_to=[people.operator(shelter.facility)],
    )
    address = f"/api/stays/{requested['id']}"
    state = requested["state"]
    if requested.replayed:  # the bed was chosen from what was free then: it is not chosen again
        state = (await scene.platform.look(manager, SHELTER, address))["state"]
    if state == "requested":
        await _offer(scene, address, shelter.facility, manager)
    await scene.act("admission", manager, SHELTER, f"{address}/admission", stay.admitted_at)
    scene.housed = True
    await _lengthen(scene, stay, address, manager)
    if stay.left_at and not _departs_before(scene, stay):
        await scene.act("leaving", manager, SHELTER, f"{address}/leave", stay.left_at, **_ENDS[shelter.ends])


def _track(scene: Scene) -> str:
    form = people.exploitation(scene.line)
    if form is None:
        return "unknown"
    if form == "ForcedBegging" and scene.age_group == "child":
        return "StreetChildren"
    return _TRACKS.get(form, "Other")


async def _offer(scene: Scene, address: str, facility: str, manager: str) -> None:
    """Offer one of the best places; when somebody was quicker, look again and offer another."""
    for _ in range(_MOST_OFFERS):
        places = await scene.platform.look(manager, SHELTER, f"{address}/places")
        bed = _choose(places["places"], facility, scene.numbered.number)
        at = scene.times.after_decision(hours=4)
        try:
            await scene.decide("offer", manager, SHELTER, address, "offer", at, bed_id=bed)
            return
        except Refused as refused:
            if refused.code not in _HELD_MEANWHILE:
                raise
    raise Refused(409, "no_place_kept", "Every place was taken by somebody else.")


def _choose(places: list[dict[str, Any]], facility: str, number: int) -> str:
    """Among the places of the house that fit best; who asks at the same time is given another."""
    fitting = [
        p for p in places if p["fits"] and (p["facility"] == facility or p["facility"].startswith(f"{facility}-"))
    ]
    if not fitting:
        raise Refused(409, "no_place_fits", "No place of the house fits.")
    best = [place for place in fitting if place["score"] == fitting[0]["score"]]
    return str(best[number % len(best)]["bed_id"])


async def _lengthen(scene: Scene, stay: Stay, address: str, manager: str) -> None:
    """Each extension is decided on the day before the stay would end."""
    shelter = scene.line.course.shelter
    assert shelter is not None  # noqa: S101  # the caller asked
    for index, at in enumerate(stay.extended_at):
        days = shelter.extensions[index]
        await scene.decide(
            f"extension-{index}",
            manager,
            SHELTER,
            address,
            "extension",
            at,
            granted=True,
            reason="recovery",
            days=days,
        )


def _departs_before(scene: Scene, stay: Stay) -> bool:
    """Who goes home during the stay leaves it by that."""
    asked = scene.line.course.voluntary_return
    return asked is not None and scene.times.departs_at <= stay.ends_at


async def hand_over_to_centre(scene: Scene) -> None:
    """The centre takes the support over and gives the care that the course names.

    After a stay it is handed over at its end; where that lies in the next year or is still to come, during the stay.
    """
    shelter, times = scene.line.course.shelter, scene.times
    begins = times.in_its_year(times.stay().ends_at) if shelter else times.after_decision(days=3)
    handover = await scene.act(
        "hand-over",
        people.manager(shelter.facility) if shelter and scene.housed else people.casework(scene.line),
        SHELTER,
        "/api/handovers",
        begins,
        ON_ITS_WAY,
        case_id=scene.case_id,
        to="vac",
    )
    taken = times.in_its_year(begins + _DAY)
    address = f"/api/handovers/{handover['id']}/acknowledgement"
    await scene.act("hand-over-taken", people.REINTEGRATION_WORKER, SHELTER, address, taken)
    for index, kind in enumerate(scene.line.course.vac or ()):
        await scene.act(
            f"care-{index}",
            people.REINTEGRATION_WORKER,
            SHELTER,
            "/api/assistance",
            times.in_its_year(taken + _DAY * (index + 1)),
            case_id=scene.case_id,
            kind=kind,
            payer="vac",
        )
