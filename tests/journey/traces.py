"""The spans of one trace that the services wrote: from which service to which it went."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nrm_events import SERVICES

from .platform import STATE


@dataclass(frozen=True)
class Edge:
    """A span and the one it came from, where they are of two services; `span` is the name of the later one."""

    before: str
    after: str
    span: str


def _spans(trace_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for service in SERVICES:
        path = STATE / "traces" / f"{service}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            span = json.loads(line)
            if span["context"]["trace_id"] == f"0x{trace_id}":
                yield service, span


def edges(trace_id: str) -> set[Edge]:
    """Of this trace, from service to service, as far as it is written by now."""
    found = list(_spans(trace_id))
    of = {span["context"]["span_id"]: service for service, span in found}
    return {
        Edge(of[span["parent_id"]], service, span["name"])
        for service, span in found
        if of.get(span["parent_id"], service) != service
    }


def roots(trace_id: str) -> set[tuple[str, str]]:
    """Service and name of the spans that begin the trace."""
    return {(service, span["name"]) for service, span in _spans(trace_id) if span["parent_id"] is None}
