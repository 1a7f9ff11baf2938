"""Where the processor time of a process goes, by named parts: its stack is looked at once per millisecond it worked."""

import json
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

from greenlet import getcurrent, greenlet

_EVERY = 0.001  # seconds of processor time
# The innermost frame that stands here names the part, ORM and driver below it included: (end of the path, part).
PARTS = (
    ("chassis/tokens.py", "token"),
    ("chassis/rights.py", "rights"),
    ("chassis/idempotency.py", "idempotency key"),
    ("chassis/audit.py", "audit"),
    ("chassis/commit.py", "outbox, audit and answer: the last statement"),
    ("chassis/outbox.py", "outbox"),
    ("nrm_events/envelope.py", "outbox"),
    ("small/app.py", "use case"),
    ("chassis/database.py", "transaction: flush, begin, commit"),
    ("chassis/http.py", "route class"),
    ("opentelemetry/instrumentation/asgi/__init__.py", "tracing"),
    ("chassis/request_limits.py", "request limits: headers, size of the body"),
    ("fastapi/routing.py", "FastAPI: shapes in and out, dependencies"),
    ("fastapi/dependencies/utils.py", "FastAPI: shapes in and out, dependencies"),
    ("small/serve.py", "transaction: flush, begin, commit"),
    ("starlette/", "Starlette"),
    ("uvicorn/", "uvicorn"),
)


class Sampler:
    """Counts by part until it is left, then writes the counts."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._seen: Counter[str] = Counter()

    def __enter__(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._path.write_text(json.dumps(self._seen))

    def _look(self, number: int, frame: FrameType | None) -> None:
        self._seen[part_of(frame)] += 1


def part_of(frame: FrameType | None) -> str:
    """The part of the innermost frame that has one."""
    current: greenlet | None = getcurrent()
    while frame and current:
        path = frame.f_code.co_filename
        for ending, part in PARTS:
            if path.endswith(ending) or (ending.endswith("/") and f"/{ending}" in path):
                return part
        frame = frame.f_back
        if frame is None and (current := current.parent):  # SQLAlchemy works in a greenlet; its caller in another
            frame = current.gr_frame
    return "loop, sockets"
