"""Structured logs without personal data, and traces that cross the bus and go to a file, if one is set."""

import json
import logging
import sys
import time

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from chassis.settings import Settings


def _add_trace(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


# One list for the whole process: loggers keep it from their first line on, also when this is configured again.
_PROCESSORS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_trace,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


def configure_logging() -> None:
    """JSON lines on standard error. Only our own words, ids and codes are logged, never a payload."""
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_WithoutWords())
    lines.addFilter(_Seldom("aiokafka"))
    logging.basicConfig(level=logging.WARNING, handlers=[lines])


class _Lines:
    """A line on what standard error is at that moment."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = msg


class _Seldom(logging.Filter):
    """One line in five seconds of a library that logs forty a second while the broker is unavailable."""

    _next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record):  # of another library
            return True
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + 5
        return True


class _WithoutWords(logging.Formatter):
    """Lines of libraries without their messages, which may contain personal data."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        line = {"level": record.levelname.lower(), "logger": record.name, "line": record.lineno, "error": kind}
        return json.dumps({name: value for name, value in line.items() if value})


def configure_tracing(service: str, settings: Settings) -> TracerProvider | None:
    """Sample a part of the requests and follow each to its last effect; None where no file is set."""
    if not settings.trace_file:
        return None
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}), sampler=ParentBasedTraceIdRatio(settings.trace_ratio)
    )
    out = open(settings.trace_file, "a", encoding="utf-8", buffering=1)  # noqa: SIM115  # lives as long as the process
    provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter(out=out, formatter=_line)))
    trace.set_tracer_provider(provider)
    return provider


# Whatever a library adds, no address as typed, query, agent or error text is written.
_ATTRIBUTES = {
    "exception.type",
    "http.method",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "http.status_code",
}


def _line(span: ReadableSpan) -> str:
    """A span with the attributes of the list alone."""
    line = json.loads(span.to_json(indent=None))
    line["status"].pop("description", None)
    for part in (line, *line["events"]):
        part["attributes"] = {name: value for name, value in part["attributes"].items() if name in _ATTRIBUTES}
    return json.dumps(line, ensure_ascii=False) + "\n"
