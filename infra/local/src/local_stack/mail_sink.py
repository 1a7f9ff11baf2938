"""The demo's mail server: SMTP on the loopback address; every message is stored as a file.

`python -m local_stack.mail_sink PORT FOLDER`. It delivers to nobody.
"""

import asyncio
import signal
import sys
import time
import uuid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE_BYTES = 1_000_000


class Mailbox:
    """Stores each message whole, in order of arrival, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store the message, after a header line for each recipient of the envelope."""
        name = f"{time.time_ns()}-{uuid.uuid4().hex}"
        part = self.folder / f"{name}.part"
        part.touch(mode=0o600)
        recipients = "".join(f"X-Recipient: {recipient}\r\n" for recipient in envelope.rcpt_tos)
        content = envelope.content or b""
        part.write_bytes(recipients.encode() + (content if isinstance(content, bytes) else content.encode()))
        part.rename(self.folder / f"{name}.eml")
        return "250 stored"


async def serve(port: int, folder: Path) -> None:
    """Take mail until a signal stops it (SIGTERM, SIGINT)."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    mailbox = Mailbox(folder)
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", data_size_limit=LARGEST_MESSAGE_BYTES), "127.0.0.1", port
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
