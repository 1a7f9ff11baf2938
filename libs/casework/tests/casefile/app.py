"""Sheets of cases: opened, changed, closed, read; a place that is accepted; a case that is left."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from casework import access, aggregate
from casework.access import Access
from casework.bases import (
    ANY_BASIS,
    BY_FORMAL_BODY,
    BY_HOLDER,
    HOLDER,
    NO_ID,
    by_asked,
    by_consent,
    by_serving,
    may,
    serves,
)
from casework.commands import Change, Command, Decision
from casework.projection import access_subscriptions
from casework.tables import casework_metadata
from chassis.clock import new_id
from chassis.http import commands, reads, unit_of_work
from chassis.machine import Machine
from chassis.rights import Rights, right
from chassis.service import Service
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends
from nrm_events.taking_part import AGENCY_ROLE
from pydantic import BaseModel
from sqlalchemy import DateTime, Text, Uuid, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STAFF = {"caseworker", "assessor"}
RIGHTS: Rights = {
    "open_case": {"caseworker": "none"},
    "change_sheet": may({"caseworker", AGENCY_ROLE}, BY_HOLDER, by_serving("place"))
    | may({"assessor"}, BY_FORMAL_BODY),
    "close_sheet": may(STAFF, BY_HOLDER),
    "accept_place": may({"caseworker"}, by_asked("place")),
    "leave_case": may({"caseworker"}, BY_HOLDER, by_consent()),
    "see_sheet": may(STAFF, *ANY_BASIS) | {"auditor": "all"},
    "read_note": may(STAFF, BY_HOLDER, BY_FORMAL_BODY, by_consent("legal_aid", data_class=["needs"]))
    | {"auditor": "all"},
    "see_own_figures": {"coordinator": "agency"},
}
SHEET = Machine("sheet", "open", {("open", "close"): "closed"})
PLACE = UUID(int=1)


class Base(DeclarativeBase):
    metadata = casework_metadata()
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, UUID: Uuid}  # noqa: RUF012  read by SQLAlchemy


class Sheet(Base):
    __tablename__ = "sheet"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    state: Mapped[str]
    note: Mapped[str]
    version: Mapped[int]


class OpenCase(Command):
    case_id: UUID
    note: str = ""


class ChangeSheet(Change):
    note: str


class CloseSheet(Decision):
    pass


class SheetAnswer(BaseModel):
    id: UUID
    case_id: UUID
    version: int
    note: str | None = None


Uow = Annotated[UnitOfWork, Depends(unit_of_work)]
write, read = commands(), reads()


async def answer(uow: UnitOfWork, sheet: Sheet) -> SheetAnswer:
    own = await access.bases(uow, sheet.case_id)
    shown = {"note": sheet.note} if access.gives(uow, "read_note", own) else {}
    return SheetAnswer(id=sheet.id, case_id=sheet.case_id, version=sheet.version, **shown)


@write.post("/api/cases", status_code=201, **right("open_case"))
async def open_case(body: OpenCase, uow: Uow) -> SheetAnswer:
    sheet = Sheet(id=new_id(), case_id=body.case_id, state="open", note=body.note, version=1)
    uow.session.add(sheet)
    await access.grant(uow, [Access(body.case_id, uow.actor.agency, HOLDER, uow.now)])
    uow.audit("open_case", case_id=body.case_id)
    return await answer(uow, sheet)


async def change(uow: UnitOfWork, sheet_id: UUID, command: ChangeSheet) -> Sheet:
    sheet = await aggregate.load(uow, Sheet, sheet_id, for_="change_sheet", read=command)
    sheet.note = command.note
    sheet.version += 1
    uow.audit("change_sheet", case_id=sheet.case_id)
    return sheet


@write.post("/api/sheets/{sheet_id}/change", **right("change_sheet"))
async def change_sheet(sheet_id: UUID, body: ChangeSheet, uow: Uow) -> SheetAnswer:
    return await answer(uow, await change(uow, sheet_id, body))


@write.post("/api/sheets/{sheet_id}/close", **right("close_sheet"))
async def close_sheet(sheet_id: UUID, body: CloseSheet, uow: Uow) -> SheetAnswer:
    sheet = await aggregate.load(uow, Sheet, sheet_id, for_="close_sheet", read=body)
    aggregate.transition(sheet, SHEET, "close")
    return await answer(uow, sheet)


@write.post("/api/sheets/{sheet_id}/accept", **right("accept_place"))
async def accept_place(sheet_id: UUID, uow: Uow) -> SheetAnswer:
    sheet = await aggregate.load(uow, Sheet, sheet_id, for_="accept_place")
    await access.revoke_by(uow, sheet.case_id, "asked", PLACE)
    await access.grant(uow, [Access(sheet.case_id, uow.actor.agency, serves("place", PLACE), uow.now)])
    return await answer(uow, sheet)


@write.post("/api/sheets/{sheet_id}/leave", **right("leave_case"))
async def leave_case(sheet_id: UUID, uow: Uow) -> SheetAnswer:
    sheet = await aggregate.load(uow, Sheet, sheet_id, for_="leave_case")
    for basis in await access.bases(uow, sheet.case_id):
        await access.revoke(uow, sheet.case_id, uow.actor.agency, basis)
    return SheetAnswer(id=sheet.id, case_id=sheet.case_id, version=sheet.version)


@read.get("/api/sheets", **right("see_sheet"))
async def list_sheets(uow: Uow) -> list[SheetAnswer]:
    found = await uow.session.scalars(select(Sheet).where(access.visible(uow, Sheet.case_id, for_="see_sheet")))
    return [await answer(uow, sheet) for sheet in found]


@read.get("/api/sheets/{sheet_id}", **right("see_sheet"))
async def see_sheet(sheet_id: UUID, uow: Uow) -> SheetAnswer:
    sheet = await uow.session.get(Sheet, sheet_id)
    await access.require(uow, sheet.case_id if sheet else NO_ID, for_="see_sheet")
    assert sheet
    return await answer(uow, sheet)


SERVICE = Service(
    name="fund",
    title="Casefile",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=[write, read],
    rights=RIGHTS,
    subscriptions=access_subscriptions("fund"),
    recheck=access.recheck,
)
