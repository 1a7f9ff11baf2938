"""What fits a request, and why not (SH-4)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from casework import access
from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference

from shelter.answers.stays import NightsAnswer, OperatorAnswer, PlaceAnswer, PlacesAnswer
from shelter.facts.access import find_stay
from shelter.facts.places import Weighed, weigh_places
from shelter.views.parts import NEED, stored
from shelter.views.stays import acts_on


async def places(uow: UnitOfWork, stay_id: UUID, begins: date | None) -> PlacesAnswer:
    """By operator how many places fit, and of the own houses which (SH-7); for a transfer from today on."""
    stay, own = await find_stay(uow, stay_id, for_="see_places")
    if stay.state == "admitted":
        begins = begins or local_date(uow.now)
    weighed = await weigh_places(uow, stay, own, begins)
    operators = sorted({place.facility.operator for place in weighed})
    need = NEED if access.gives(uow, "read_stay_request", own) else ()
    return PlacesAnswer(
        **stored(stay, ("sex", "age_group", *need)),
        case_ref=case_reference(stay.case_id),
        actions=await acts_on(uow, stay, own),
        operators=[_operator(name, [p for p in weighed if p.facility.operator == name]) for name in operators],
        places=[_place(place) for place in weighed if place.facility.operator == uow.actor.agency],
    )


def _operator(name: str, weighed: Sequence[Weighed]) -> OperatorAnswer:
    scores = [place.fit.score for place in weighed if place.fit.score is not None]
    refusals = Counter(code for place in weighed for code in place.fit.refusals)
    return OperatorAnswer(
        operator=name, places_that_fit=len(scores), best_score=max(scores, default=None), refusals=refusals
    )


def _place(place: Weighed) -> PlaceAnswer:
    return PlaceAnswer(
        bed_id=place.bed.id,
        operator=place.facility.operator,
        facility=place.facility.code,
        room=place.room.number,
        bed=place.bed.number,
        fits=place.fit.fits,
        score=place.fit.score,
        reasons=list(place.fit.reasons),
        refusals=list(place.fit.refusals),
        held=[NightsAnswer(begins=b.begins, ends=b.ends, kind=b.kind) for b in place.fit.nights],
    )
