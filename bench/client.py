"""A cheap client: raw HTTP/1.1 on connections that stay open, so that the server is what is measured."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice


@dataclass
class Answers:
    """The answers: how many of each status, and how long each took in seconds."""

    statuses: dict[int, int]
    took: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds


async def post_all(
    port: int, path: str, bodies: Sequence[bytes], *, headers: str, keys: Sequence[str], clients: int
) -> Answers:
    """Send every body once, over so many connections; `headers` end with a line break each."""
    work, answers = iter(zip(bodies, keys, strict=True)), Answers({}, [], 0.0)
    began = time.perf_counter()
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{headers}"
    await asyncio.gather(*(_client(port, head, work, answers) for _ in range(clients)))
    answers.seconds = time.perf_counter() - began
    return answers


async def _client(port: int, head: str, work: Iterator[tuple[bytes, str]], answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for body, key in work:
            began = time.perf_counter()
            own = f"Content-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n"
            writer.write(f"{head}{own}\r\n".encode() + body)
            status, length = _read(await reader.readuntil(b"\r\n\r\n"))
            await reader.readexactly(length)
            answers.statuses[status] = answers.statuses.get(status, 0) + 1
            answers.took.append(time.perf_counter() - began)
    finally:
        writer.close()


def _read(head: bytes) -> tuple[int, int]:
    lines = head.decode("latin-1").split("\r\n")
    lengths = (line.split(":")[1] for line in islice(lines, 1, None) if line.lower().startswith("content-length"))
    return int(lines[0].split(" ")[1]), int(next(lengths))
