"""Sends what waits in the database: the person over HTTPS, then the message that names the handle over the bus."""

import json
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import httpx
from aiokafka import AIOKafkaProducer
from nrm_events import AGENCY_MESSAGES, Envelope, agency_topic, to_message
from pydantic import ValidationError

from agency_connector import database
from agency_connector.settings import Settings
from agency_connector.signin import SignIn

log = logging.getLogger(__name__)
_WRONG = (400, 413, 415, 422)  # it will never be taken as it is; with any other answer it is tried again
_ROOM = timedelta(minutes=10)  # a handle that ends sooner may end before the message is read


class Later(Exception):
    """It could not be sent now; the message is the reason, in a word."""


class Outbound:
    """Sends what waits, each until it has been sent, always with the same id."""

    def __init__(
        self, settings: Settings, connection: sqlite3.Connection, http: httpx.AsyncClient, sign_in: SignIn
    ) -> None:
        self._settings, self._connection, self._http, self._sign_in = settings, connection, http, sign_in
        self._topic = agency_topic(settings.agency, "in")

    async def send_all(self, producer: AIOKafkaProducer) -> bool:
        """Send everything that waits; False when something must be tried again. No submission waits for another."""
        whole = True
        for row in database.unsent(self._connection):
            try:
                await self._send(producer, row)
            except Later as reason:
                log.warning("%s %s waits: %s", row["kind"], row["id"], reason)
                whole = False
        return whole

    async def _send(self, producer: AIOKafkaProducer, row: sqlite3.Row) -> None:
        body = json.loads(row["body"])
        if row["kind"] == "ReferralSubmitted":
            handle = _good_handle(row) or await self._report_person(row)
            if handle is None:
                return
            body["handle_id"] = handle
        try:
            key, value, headers = to_message(_envelope(row, body))
        except ValidationError as wrong:  # a code that is none, a number that is too high: the platform would refuse it
            places = [".".join(map(str, fault["loc"])) for fault in wrong.errors()]
            self._refused(row, "payload_malformed", "; ".join(f"{place}: has a wrong value" for place in places))
            return
        # Killed here, before the note, it is sent a second time: with the same id, so that it is answered once.
        await producer.send_and_wait(self._topic, value, key=key, headers=headers)
        database.note(self._connection, row["id"], sent_at=database.now())
        log.info("%s %s sent", row["kind"], row["id"])

    async def _report_person(self, row: sqlite3.Row) -> str | None:
        """The handle under which identification stores the report; None when it refuses the report.

        The key makes a second try get the first one's handle, if the first was taken and its answer lost. After a
        handle that ran out it is another key, for the answer to the old one would be the old handle.
        """
        response = await self._post(row["report"], str(uuid5(UUID(row["id"]), row["handle_id"] or "first")))
        if response.status_code in _WRONG:
            self._refused(row, _code_of(response), _faults_of(response))
            return None
        if not response.is_success:
            raise Later(f"identification answered {response.status_code}")
        stored = response.json()
        database.note(self._connection, row["id"], handle_id=stored["handle_id"], handle_until=stored["good_until"])
        return str(stored["handle_id"])

    def _refused(self, row: sqlite3.Row, code: str, faults: str) -> None:
        database.note(self._connection, row["id"], code=code, faults=faults or None)
        log.warning("%s %s refused: %s", row["kind"], row["id"], code)

    async def _post(self, report: str, key: str) -> httpx.Response:
        try:
            return await self._http.post(
                f"{self._settings.identification}/api/referral-handles",
                content=report.encode(),
                headers={
                    "Authorization": f"Bearer {await self._sign_in.token()}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                },
            )
        except httpx.HTTPError as away:
            raise Later(type(away).__name__) from None  # its text may hold addresses


def _good_handle(row: sqlite3.Row) -> str | None:
    if row["handle_id"] and datetime.fromisoformat(row["handle_until"]) > datetime.now(UTC) + _ROOM:
        return str(row["handle_id"])
    return None


def _code_of(response: httpx.Response) -> str:
    try:
        return str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return f"http_{response.status_code}"


def _faults_of(response: httpx.Response) -> str:
    """Each wrong field and why, in the platform's words, which repeat nothing that was typed."""
    try:
        return "; ".join(f"{fault['where']}: {fault['message']}" for fault in response.json().get("faults", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _envelope(row: sqlite3.Row, body: dict[str, object]) -> Envelope:
    event = AGENCY_MESSAGES[f"nrm.agency.{row['kind']}.v1"]
    data = event.model_validate(body | {"effective_at": row["happened_at"]})
    return Envelope(
        id=UUID(row["id"]),
        type=event.type_name(),
        source=event.publisher(),
        subject=data.subject,
        time=datetime.now(UTC),
        sequence=row["number"],
        key=data.stream,
        data=data,
    )
