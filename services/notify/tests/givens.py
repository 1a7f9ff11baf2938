"""Scenario words of notify, and the outside world as real servers: SMTP, an SMS gateway, identification's answer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from chassis.service import ServiceContext
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from chassis.tokens import TokenSource
from chassis.unit_of_work import UnitOfWork
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from notify.app import SERVICE
from notify.clocks.sending import Sender
from notify.resources import Resources
from notify.tables import Base
from nrm_events import exchange as exc
from nrm_events import fund as fnd
from nrm_events import identification as ids
from nrm_events import repatriation as rep
from nrm_events import shelter as shl
from nrm_events.base import AgeGroup, ReExamination
from sqlalchemy import text

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday noon in Baku
ADDRESS = "zumrud.qanadli.simurq@example.org"
PHONE = "+994007771933"


class Outside:
    """What identification answers and what the providers do; what they were asked and given. Each test begins anew."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self.contact: dict[str, Any] | None = {"channel": "email", "address": ADDRESS, "hours": None, "language": "az"}
        self.contact_status = 200
        self.requests: list[dict[str, Any]] = []
        self.bearer: list[str] = []
        self.gateway_status = 202
        self.texts: list[dict[str, Any]] = []
        self.mails: list[Message] = []
        self.mail_answer = "250 OK"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/api/internal/safe-contact")
        async def safe_contact(request: Request) -> JSONResponse:
            self.requests.append(await request.json())
            self.bearer.append(request.headers.get("authorization", ""))
            if self.contact is None:
                return JSONResponse({"code": "not_found"}, 404)
            return JSONResponse(self.contact if self.contact_status == 200 else {"code": "x"}, self.contact_status)

        @app.post("/messages")
        async def messages(request: Request) -> JSONResponse:
            if self.gateway_status == 202:
                self.texts.append(await request.json())
            return JSONResponse({"id": str(uuid4())}, self.gateway_status)

        return app

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mail_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.mail_answer


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stay with pytest."""
        yield


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@dataclass
class Scene:
    """Scenario words: a case is opened, handed over, recognised; time passes; the sender has its turn."""

    bench: ServiceUnderTest
    outside: Outside
    case_id: UUID = field(default_factory=uuid4)

    async def begins(self) -> None:
        """Empty tables (but the audit, which nobody can empty), the first moment, an obliging world outside."""
        self.bench.now = NOW
        self.outside.begin_anew()
        chassis = (
            "outbox",
            "inbox",
            "parked_event",
            "stream",
            "case_access",
            "joined_agency",
            "decreed_day",
            "idempotency_key",
        )
        own = [mapper.class_.__tablename__ for mapper in Base.registry.mappers]
        async with self.bench.session() as session:
            for table in sorted((*own, *chassis), key=lambda name: name != "inbox_read"):
                await session.execute(text(f"delete from {table}"))  # noqa: S608  our own names

    async def case_opens(
        self, holder: str = "ngo-amc", case_id: UUID | None = None, age_group: AgeGroup = "adult"
    ) -> UUID:
        case_id = case_id or self.case_id
        await self.bench.receives(
            ids.CaseOpened(
                case_id=case_id,
                effective_at=self.bench.clock(),
                report_id=uuid4(),
                holder=holder,
                age_group=age_group,
                citizenship="citizen",
            )
        )
        return case_id

    def awaited(self, *, ago: timedelta = timedelta(0), holder: str = "ngo-amc") -> ids.ReferralAwaited:
        at = self.bench.clock() - ago
        return ids.ReferralAwaited(
            case_id=self.case_id, effective_at=at, holder=holder, due_at=at + timedelta(hours=24)
        )

    def referred(self, *, ago: timedelta = timedelta(0), **more: Any) -> ids.VictimReferred:
        at = self.bench.clock() - ago
        fields = {"case_id": self.case_id, "referral_id": uuid4(), "to": "mia-special"} | more
        return ids.VictimReferred(effective_at=at, reported_at=at, due_at=at + timedelta(hours=24), **fields)

    def acknowledged(self, referral: ids.VictimReferred, at: datetime) -> ids.ReferralAcknowledged:
        return ids.ReferralAcknowledged(
            case_id=referral.case_id, effective_at=at, referral_id=referral.referral_id, by=referral.to
        )

    def identified(self, *, ago: timedelta = timedelta(0), case_id: UUID | None = None) -> ids.VictimIdentified:
        return ids.VictimIdentified(
            case_id=case_id or self.case_id,
            effective_at=self.bench.clock() - ago,
            recognition_id=uuid4(),
            authority="mia-special",
            age_group="adult",
            citizenship="citizen",
        )

    async def ticks(self, now: datetime) -> None:
        self.bench.now = now
        assert await tick_once(SERVICE, self.bench.database, now)

    def sender(self, **other: Any) -> Sender:
        """The worker that sends; `other` resources in the place of those of the bench."""
        bench, source = self.bench, TokenSource(self.bench.settings)
        assert isinstance(bench.database.resources, Resources)
        resources = replace(bench.database.resources, **other)
        return Sender.of(ServiceContext(SERVICE, bench.database, bench.settings, source, resources, bench.clock))

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        """A transaction in which notify itself acts, as of the scene's moment."""
        async with self.bench.session() as session:
            yield SERVICE.unit_of_work(session, self.bench.clock())

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.bench.session() as session:
            return list((await session.execute(text(statement), values)).all())

    async def until(self, question: str) -> None:
        """Wait until the database answers yes about the case."""
        while not (await self.rows(question, case=self.case_id))[0][0]:  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.2)

    async def message(self) -> Any:
        found = await self.rows("select * from message where case_id = :case", case=self.case_id)
        assert len(found) == 1
        return found[0]

    async def tasks(self, recipient: str) -> list[str]:
        found = await self.rows("select task from inbox_item where recipient = :to order by id", to=recipient)
        return [row.task for row in found]

    async def deadlines(self, *names: str) -> list[tuple[str, bool]]:
        """Deadline events of the case in order, each with entered_late."""
        events = await self.bench.published(self.case_id)
        return [(name, body["entered_late"]) for name, body in events if name.startswith("Deadline")]


async def a_clock_of_each_kind(scene: Scene, at: Callable[[float], datetime], of: UUID) -> dict[str, str]:
    """A clock of each kind about one object, by the event that starts it; kind → id."""
    about = {"case_id": scene.case_id, "effective_at": at(0)}
    await scene.bench.receives(
        scene.awaited(),
        ids.IdentificationDeclined(
            **about, decision_id=of, authority="mia-special", reasons=["new_facts"], appeal_by=at(99)
        ),
        ids.IdentificationAppealed(**about, decision_id=uuid4(), appeal_id=of, to="court", due_at=at(99)),
        ids.ReflectionStarted(**about, reflection_id=of, ends_at=at(99)),
        shl.PlaceOffered(**about, stay_id=of, operator="ngo-clean-world", lapses_at=at(99)),
        shl.HandoverRequested(**about, handover_id=of, from_agency="ngo-amc", to="vac", due_at=at(99)),
        rep.PermitEligible(**about, permit_id=of, apply_by=at(99)),
        rep.PermitMotionRequested(**about, permit_id=of, due_at=at(99)),
        rep.ReturnHandoverOffered.model_validate(about | {"return_id": of, "to": "iom", "due_at": at(99)}),
        rep.PermitOpinionAsked(**about, permit_id=uuid4(), opinion_id=of, due_at=at(99)),
        rep.PermitGranted(**about, permit_id=of, valid_until=at(9999).date()),
        rep.RemovalBarRaised(**about, bar_id=of, until=at(99)),
        exc.WithdrawalTold(**about, consent_id=of, agency="moh", acknowledge_by=at(99)),
        *_grants_to_look_at_again(about | {"grant_id": of, "reason": "identification_declined"}),
        fnd.ClaimReexamined(**about, claim_id=of, kind="allowance", amount_qepik=100),
    )
    await scene.bench.receives(
        shl.ShelterAdmitted(**about | {"case_id": scene.case_id}, stay_id=of, operator="moh", ends_at=at(99))
    )
    rows = await scene.rows("select kind, id from clock")
    return {row.kind: str(row.id) for row in rows}


def _grants_to_look_at_again(about: dict[str, object]) -> Iterator[ReExamination]:
    """ID-9: one of each kind of grant, of the service that granted it."""
    of: dict[type[ReExamination], tuple[str, ...]] = {
        shl.ReExaminationRequired: ("stay", "handover"),
        rep.ReExaminationRequired: ("bar", "permit", "return"),
        ids.ReExaminationRequired: ("reflection",),
    }
    for event, grants in of.items():
        for grant in grants:
            yield event.model_validate(about | {"grant": grant})
