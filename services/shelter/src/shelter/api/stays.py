"""Requests, offers and stays over HTTP. A command answers with the stay as it is now and what can be done."""

from typing import Annotated, Literal
from uuid import UUID

from casework import answers
from casework.routes import in_parts
from chassis import http
from chassis.paging import After, Limit, Page
from chassis.rights import right
from fastapi import Query

from shelter.answers.stays import PlacesAnswer, RecordedAnswer, ServiceAnswer, StayAnswer, StayLine
from shelter.commands import (
    Admit,
    Day,
    DecideExtension,
    DeclinePlace,
    Leave,
    OfferPlace,
    PutOnWaitingList,
    RecordService,
    RecordServices,
    ReExamine,
    RefusePlace,
    RequestExtension,
    RequestPlace,
    Transfer,
)
from shelter.resources import Uow
from shelter.use_cases import extensions, re_examination, requests, residence, sheet
from shelter.views import places, stay_lists
from shelter.views import stays as views

commands = http.commands()
reads = http.reads()
State = Literal["requested", "waitlisted", "offered", "refused", "declined", "lapsed", "admitted", "ended"]
View = Literal["upcoming", "resident", "overdue_decision", "left", "transferred", "discharged", "repatriated"]
ViewOf = Annotated[View | None, Query(description="The word that staff see, derived from state and day (SH-3)")]


@commands.post("/api/stays", status_code=201, **in_parts("request_place"))
async def request_place(body: RequestPlace, uow: Uow) -> StayAnswer:
    """Request a place of operators (SH-4); of the police's own only after the hand-over (ID-7)."""
    return await views.stay(uow, await requests.request_place(uow, body))


@reads.get("/api/stays", **in_parts("see_stays"))
async def list_stays(
    uow: Uow,
    case_id: UUID | None = None,
    state: State | None = None,
    view: ViewOf = None,
    re_examine: bool | None = None,
    extension_pending: bool | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[StayLine]:
    wanted = stay_lists.StayFilter(
        case_id=case_id, state=state, view=view, re_examine=re_examine, extension_pending=extension_pending
    )
    return await stay_lists.stays(uow, wanted, limit, after)


@reads.get("/api/stays/{stay_id}", **in_parts("see_stays"))
async def read_stay(stay_id: UUID, uow: Uow) -> StayAnswer:
    return await views.read_stay(uow, stay_id)


@reads.get("/api/stays/{stay_id}/history", **right("see_stays"))
async def read_history(stay_id: UUID, uow: Uow) -> answers.History:
    return await views.history(uow, stay_id)


@reads.get("/api/stays/{stay_id}/places", **right("see_places"))
async def read_places(
    stay_id: UUID,
    uow: Uow,
    begins: Annotated[
        Day | None, Query(alias="from", description="First night; left out: as requested, today for a transfer")
    ] = None,
) -> PlacesAnswer:
    """What fits, best first, with why; what does not, with every reason (SH-4). Houses only to their agency (SH-7)."""
    return await places.places(uow, stay_id, begins)


@commands.post("/api/stays/{stay_id}/offer", **in_parts("offer"))
async def offer_place(stay_id: UUID, body: OfferPlace, uow: Uow) -> StayAnswer:
    """Offer a bed that fits; its nights are taken from now on (SH-4, SH-5)."""
    return await views.stay(uow, await requests.offer(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/waitlist", **in_parts("waitlist"))
async def put_on_waiting_list(stay_id: UUID, body: PutOnWaitingList, uow: Uow) -> StayAnswer:
    return await views.stay(uow, await requests.put_on_waiting_list(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/refusal", **in_parts("refuse"))
async def refuse_place(stay_id: UUID, body: RefusePlace, uow: Uow) -> StayAnswer:
    """Refuse with reasons; the request is refused when the last operator did (SH-4)."""
    return await views.stay(uow, await requests.refuse(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/decline", **in_parts("decline"))
async def decline_place(stay_id: UUID, body: DeclinePlace, uow: Uow) -> StayAnswer:
    """The person does not want the place; no reason is demanded (SH-2)."""
    return await views.stay(uow, await requests.decline(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/admission", **in_parts("admit"))
async def admit(stay_id: UUID, body: Admit, uow: Uow) -> StayAnswer:
    """The person moved in; the stay's days begin (SH-1)."""
    return await views.stay(uow, await residence.admit(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/extension-request", **in_parts("request_extension"))
async def request_extension(stay_id: UUID, body: RequestExtension, uow: Uow) -> StayAnswer:
    """Request a longer stay; a manager decides (SH-1)."""
    return await views.stay(uow, await extensions.request(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/extension", **in_parts("decide_extension"))
async def decide_extension(stay_id: UUID, body: DecideExtension, uow: Uow) -> StayAnswer:
    """Extend to a new end, or not, with a reason (SH-1). Not extending ends nothing (SH-3)."""
    return await views.stay(uow, await extensions.decide(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/re-examination", **in_parts("re_examine"))
async def re_examine(stay_id: UUID, body: ReExamine, uow: Uow) -> StayAnswer:
    """A person looked again after a declined or revoked recognition (ID-9)."""
    return await views.stay(uow, await re_examination.re_examine_stay(uow, stay_id, body))


@reads.get("/api/stays/{stay_id}/services", **in_parts("read_stay_services"))
async def list_services(stay_id: UUID, uow: Uow, limit: Limit = 50, after: After = None) -> Page[ServiceAnswer]:
    """Services given during a stay, newest first (SH-6)."""
    return await stay_lists.services(uow, stay_id, limit, after)


@commands.post("/api/stays/{stay_id}/services", status_code=201, **in_parts("record_service"))
async def record_service(stay_id: UUID, body: RecordService, uow: Uow) -> StayAnswer:
    """Log a service with its payer, never the person (SH-6)."""
    return await views.stay(uow, await residence.record_service(uow, stay_id, body))


@commands.post("/api/services", status_code=201, **right("record_service"))
async def record_services(body: RecordServices, uow: Uow) -> RecordedAnswer:
    """Log what several residents got, all of it or nothing; a fault names its stay (SH-6)."""
    return RecordedAnswer(recorded=await sheet.record_services(uow, body))


@commands.post("/api/stays/{stay_id}/transfer", **in_parts("transfer"))
async def transfer(stay_id: UUID, body: Transfer, uow: Uow) -> StayAnswer:
    """Move to another bed of the same operator; the answer is the stay that goes on."""
    return await views.stay(uow, await residence.transfer(uow, stay_id, body))


@commands.post("/api/stays/{stay_id}/leave", **in_parts("leave"))
async def leave(stay_id: UUID, body: Leave, uow: Uow) -> StayAnswer:
    """The stay ends; by the person's own wish at any time (SH-2)."""
    return await views.stay(uow, await residence.leave(uow, stay_id, body))
