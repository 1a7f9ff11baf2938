"""Requests, offers and stays over HTTP. A command answers with the stay as it is now and what can be done."""

from typing import Annotated, Literal
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.clock import local_date
from chassis.paging import After, Limit, Page
from chassis.rights import Who, right
from fastapi import Query

from shelter.queries import stays as views
from shelter.schemas import bodies, shapes
from shelter.schemas.shapes import StayAnswer, StayLine
from shelter.use_cases import places, requests, residence

commands = http.commands()
reads = http.reads()
State = Literal["requested", "waitlisted", "offered", "refused", "declined", "lapsed", "admitted", "ended"]
View = Literal["upcoming", "resident", "overdue_decision", "left", "transferred", "discharged", "repatriated"]
ViewOf = Annotated[View | None, Query(description="The word that staff see, derived from state and day (SH-3)")]


@commands.post("/api/stays", status_code=201, **right("request_place"))
async def request_place(body: bodies.RequestPlace, who: Who, session: Session, now: Now) -> StayAnswer:
    """Ask operators for a place (SH-4); the police's own only after the hand-over (ID-7)."""
    stay = await requests.request_place(session, who, now, body)
    return await views.show_stay(session, who, now, stay)


@reads.get("/api/stays", **right("see_stays"))
async def list_stays(
    who: Who,
    session: Session,
    now: Now,
    case_id: UUID | None = None,
    state: State | None = None,
    view: ViewOf = None,
    re_examine: bool | None = None,
    extension_pending: bool | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[StayLine]:
    conditions = views.conditions(
        now, case_id=case_id, state=state, view=view, re_examine=re_examine, extension_pending=extension_pending
    )
    items, following = await views.list_stays(session, who, now, conditions, limit, after)
    return Page(items=items, next=following)


@reads.get("/api/stays/{stay_id}", **right("see_stays"))
async def read_stay(stay_id: UUID, who: Who, session: Session, now: Now) -> StayAnswer:
    return await views.show_stay(session, who, now, await views.find_stay(session, who, stay_id))


@reads.get("/api/stays/{stay_id}/history", **right("see_stays"))
async def read_history(stay_id: UUID, who: Who, session: Session) -> answers.History:
    return await views.stay_history(session, who, stay_id)


@reads.get("/api/stays/{stay_id}/places", **right("see_places"))
async def read_places(
    stay_id: UUID,
    who: Who,
    session: Session,
    now: Now,
    begins: Annotated[
        bodies.Day | None, Query(alias="from", description="First night; left out: as asked, today for a transfer")
    ] = None,
) -> shapes.PlacesAnswer:
    """What fits, best first, with why; what does not, with every reason (SH-4). Houses only to their agency (SH-7)."""
    stay = await views.find_stay(session, who, stay_id)
    if stay.state == "admitted":
        begins = begins or local_date(now)
    return _places(who.agency, await places.weigh_places(session, who, stay, begins))


def _places(agency: str, weighed: list[places.Weighed]) -> shapes.PlacesAnswer:
    operators = sorted({place.facility.operator for place in weighed})
    return shapes.PlacesAnswer(
        operators=[_operator(name, [p for p in weighed if p.facility.operator == name]) for name in operators],
        places=[_place(place) for place in weighed if place.facility.operator == agency],
    )


def _operator(name: str, weighed: list[places.Weighed]) -> shapes.OperatorAnswer:
    refusals: dict[str, int] = {}
    for place in weighed:
        for code in place.fit.refusals:
            refusals[code] = refusals.get(code, 0) + 1
    scores = [place.fit.score for place in weighed if place.fit.score is not None]
    return shapes.OperatorAnswer(
        operator=name, places_that_fit=len(scores), best_score=max(scores, default=None), refusals=refusals
    )


def _place(place: places.Weighed) -> shapes.PlaceAnswer:
    return shapes.PlaceAnswer(
        bed_id=place.bed.id,
        operator=place.facility.operator,
        facility=place.facility.code,
        room=place.room.number,
        bed=place.bed.number,
        fits=place.fit.fits,
        score=place.fit.score,
        reasons=list(place.fit.reasons),
        refusals=list(place.fit.refusals),
        held=[shapes.NightsAnswer(begins=b.begins, ends=b.ends, kind=b.kind) for b in place.fit.nights],
    )


@commands.post("/api/stays/{stay_id}/offer", **right("offer"))
async def offer_place(stay_id: UUID, body: bodies.OfferPlace, who: Who, session: Session, now: Now) -> StayAnswer:
    """Offer a bed that fits; its nights are held from now on (SH-4, SH-5)."""
    stay = await requests.offer_place(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/waitlist", **right("waitlist"))
async def put_on_waiting_list(stay_id: UUID, body: bodies.Change, who: Who, session: Session, now: Now) -> StayAnswer:
    stay = await requests.put_on_waiting_list(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/refusal", **right("refuse"))
async def refuse_place(stay_id: UUID, body: bodies.RefusePlace, who: Who, session: Session, now: Now) -> StayAnswer:
    """Refuse with reasons; the request is refused when the last operator did (SH-4)."""
    stay = await requests.refuse_place(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/decline", **right("decline"))
async def decline_place(stay_id: UUID, body: bodies.DeclinePlace, who: Who, session: Session, now: Now) -> StayAnswer:
    """The person does not want the place; no reason is demanded (SH-2)."""
    stay = await requests.decline_place(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/admission", **right("admit"))
async def admit(stay_id: UUID, body: bodies.Change, who: Who, session: Session, now: Now) -> StayAnswer:
    """The person moved in; the stay's days begin (SH-1)."""
    stay = await residence.admit(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/extension-request", **right("request_extension"))
async def ask_extension(stay_id: UUID, body: bodies.AskExtension, who: Who, session: Session, now: Now) -> StayAnswer:
    """Ask for a longer stay; a manager decides (SH-1)."""
    stay = await residence.ask_extension(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/extension", **right("decide_extension"))
async def decide_extension(
    stay_id: UUID, body: bodies.DecideExtension, who: Who, session: Session, now: Now
) -> StayAnswer:
    """Extend to a new end, or not, with a reason (SH-1). Not extending ends nothing (SH-3)."""
    stay = await residence.decide_extension(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/re-examination", **right("re_examine"))
async def re_examine(stay_id: UUID, body: bodies.ReExamine, who: Who, session: Session, now: Now) -> StayAnswer:
    """A person looked again after a declined or revoked recognition (ID-9)."""
    stay = await residence.re_examine(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@reads.get("/api/stays/{stay_id}/services", **right("see_stays"))
async def list_services(
    stay_id: UUID, who: Who, session: Session, limit: Limit = 50, after: After = None
) -> Page[shapes.ServiceAnswer]:
    """Services given during a stay, newest first (SH-6)."""
    items, following = await views.list_services(session, who, stay_id, limit, after)
    return Page(items=items, next=following)


@commands.post("/api/stays/{stay_id}/services", status_code=201, **right("record_service"))
async def give_service(stay_id: UUID, body: bodies.GiveService, who: Who, session: Session, now: Now) -> StayAnswer:
    """Log a service with its payer, never the person (SH-6)."""
    stay = await residence.give_service(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/transfer", **right("transfer"))
async def transfer(stay_id: UUID, body: bodies.Transfer, who: Who, session: Session, now: Now) -> StayAnswer:
    """Move to another bed of the same operator; the answer is the stay that goes on."""
    stay = await residence.transfer(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)


@commands.post("/api/stays/{stay_id}/leave", **right("leave"))
async def leave(stay_id: UUID, body: bodies.Leave, who: Who, session: Session, now: Now) -> StayAnswer:
    """The stay ends; by the person's own wish at any time (SH-2)."""
    stay = await residence.leave(session, who, now, stay_id, body)
    return await views.show_stay(session, who, now, stay)
