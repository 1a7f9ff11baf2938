"""How a message leaves: e-mail by SMTP, SMS over an HTTP gateway. Errors name a code, never an address (NO-1)."""

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime

import aiosmtplib
import httpx

from notify.resources import Channel, Letter
from notify.settings import Settings

_STEP = 20.0  # seconds for each step of the talk with a provider
_WHOLE = 90.0  # seconds for all of it; well under the lease of a message


class NotTaken(Exception):
    """The provider did not take the message. `for_good` = another try is useless; `unknown` = it may have taken it."""

    def __init__(self, reason: str, *, for_good: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
        self.unknown = unknown


class Email:
    def __init__(self, server: str, sender: str) -> None:
        self._host, _, port = server.rpartition(":")
        self._port = int(port)
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """The sender's name is the neutral subject (NO-1); the reference is the Message-ID: a second copy is known."""
        try:
            async with asyncio.timeout(_WHOLE):
                await aiosmtplib.send(
                    self._compose(letter),
                    hostname=self._host,
                    port=self._port,
                    local_hostname="localhost",
                    timeout=_STEP,
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [one.code for one in refused.recipients]
            raise NotTaken("recipient_refused", for_good=all(500 <= code < 600 for code in codes)) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise NotTaken("mail_refused", for_good=500 <= refused.code < 600) from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError, ConnectionError):
            raise NotTaken("mail_unreachable") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            raise NotTaken("mail_interrupted", unknown=True) from None

    async def close(self) -> None:
        """Nothing is open between two messages."""

    def _compose(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = Address(display_name=letter.subject, addr_spec=self._sender)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = letter.subject
        message["Date"] = localtime()
        message["Message-ID"] = f"<{letter.reference}@{self._sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body, cte="base64")
        message["Content-Language"] = letter.language  # after the content, which takes such headers away
        return message


class Sms:
    def __init__(self, gateway: str) -> None:
        self._http = httpx.AsyncClient(base_url=gateway, timeout=_STEP)

    async def send(self, letter: Letter) -> None:
        """POST /messages {to, text, reference}; the gateway drops a reference that it knows."""
        try:
            answer = await self._http.post(
                "/messages", json={"to": letter.address, "text": letter.body, "reference": letter.reference}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise NotTaken("gateway_unreachable") from None
        except httpx.HTTPError:
            raise NotTaken("gateway_interrupted", unknown=True) from None
        if not answer.is_success:
            again = answer.status_code >= 500 or answer.status_code in (408, 425, 429)
            raise NotTaken("gateway_refused", for_good=not again)

    async def close(self) -> None:
        await self._http.aclose()


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels that are connected here."""
    connected: dict[str, Channel] = {"email": Email(settings.smtp, settings.sender)}
    if settings.sms_gateway:
        connected["sms"] = Sms(settings.sms_gateway)
    return connected
