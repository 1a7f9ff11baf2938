import http.client
import json
import smtplib
import sys
import uuid
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from local_stack import children
from local_stack.children import Child
from local_stack.state import State, choose_ports


@pytest.fixture
def sinks(state: State) -> Iterator[State]:
    ports = choose_ports(state)
    state.mail.mkdir()
    mail = (sys.executable, "-m", "local_stack.mail_sink", str(ports["smtp"]), str(state.mail))
    sms = (sys.executable, "-m", "local_stack.sms_sink", str(ports["sms"]), str(state.sms))
    children.start(state, Child("smtp", mail))
    children.start(state, Child("sms", sms))
    try:
        children.wait_until(state, "smtp", lambda: children.listens(ports["smtp"]), 20)
        children.wait_until(state, "sms", lambda: children.answers(ports["sms"], "/healthz"), 20)
        yield state
    finally:
        children.stop(state, "smtp")
        children.stop(state, "sms")


def test_mail_is_kept_whole_with_its_recipient(sinks: State) -> None:
    message = EmailMessage()
    message["Subject"] = "Yeni bildiriş"
    message["From"], message["To"] = "no-reply@demo.invalid", "worker@demo.invalid"
    message.set_content("Bildirişlərinizi oxuyun.")
    with smtplib.SMTP("127.0.0.1", sinks.ports["smtp"], timeout=10) as server:
        server.send_message(message)
    (mail,) = sinks.mail.iterdir()
    assert mail.suffix == ".eml"
    assert mail.stat().st_mode & 0o077 == 0
    assert "X-Recipient: worker@demo.invalid" in mail.read_text().splitlines()


def post(state: State, body: bytes, path: str = "/messages") -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", state.ports["sms"], timeout=10)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_text_message_is_kept_once_however_often_it_is_sent(sinks: State) -> None:
    message = {"to": "+994500000000", "text": "Yeni bildiriş", "reference": str(uuid.uuid4())}
    first = post(sinks, json.dumps(message).encode())
    assert first[0] == 202
    assert post(sinks, json.dumps(message).encode()) == first
    (line,) = sinks.sms.read_text().splitlines()
    assert {**json.loads(line), "received": ""} == {**message, "id": first[1]["id"], "received": ""}


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b'{"to": "+994"}', b'{"to": 1, "text": "a", "reference": "b"}']
)
def test_a_malformed_text_message_is_refused(sinks: State, body: bytes) -> None:
    assert post(sinks, body)[0] == 422
    assert sinks.sms.read_text() == ""


def test_an_oversized_text_message_and_an_unknown_address_are_refused(sinks: State) -> None:
    assert post(sinks, b"x" * 20_000)[0] == 413
    assert post(sinks, b"{}", "/other")[0] == 404
