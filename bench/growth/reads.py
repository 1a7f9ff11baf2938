"""What is asked: every list with every filter, its first, middle and last page, and every object that it leads to.

Taken from the services' own OpenAPI documents, so that a new list is measured without a word here.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.testing import ServiceUnderTest

WHO = (
    "mia-special.assessor",
    "mia-shelter.shelter-manager",
    "ngo-amc.caseworker",
    "ngo-amc.shelter-manager",
    "scfwca.caseworker",
    "sms.migration-officer",
    "iom.return-officer",
    "consulates.reporter",
    "fund.fund-requester",
    "fund.fund-accountant",
    "coordinator.coordinator",
    "ombudsman.auditor",
)
"""Police, a large NGO, authorities, a rare agency, the Fund, oversight."""
_LEFT_OUT = ("/api/bus", "/api/audit/")
_OF_A_PERIOD = ("/api/statistics/", "/api/statements", "/api/clock-counts", "/api/message-counts")
_PAGES = ("limit", "after", "language")
_YEARS_BACK = {"first page": None, "middle page": 5, "last page": 9.9}


@dataclass(frozen=True)
class Read:
    """A GET of somebody. `label` is the same in countries of every size."""

    who: str
    label: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_of_a_period(self) -> bool:
        """Figures, whose cost grows with the period's cases."""
        return self.path.startswith(_OF_A_PERIOD)


async def reads_of(service: ServiceUnderTest, year: int) -> AsyncIterator[Read]:
    """Everything that these people may read, of a country whose newest year is this."""
    document = service.app.openapi()
    paths = {path: ways["get"] for path, ways in document["paths"].items() if "get" in ways and _is_asked(path)}
    for who in WHO:
        for path, operation in paths.items():
            if "{" not in path:
                async for read in _of_list(_List(service, document, who, path, operation, year), paths):
                    yield read
                continue
            read = Read(who, path, path.replace("{year}", str(year)))
            if path.endswith("{year}") and await _may(service, read):
                yield read


def _is_asked(path: str) -> bool:
    return path.startswith("/api/") and not path.startswith(_LEFT_OUT)


@dataclass(frozen=True)
class _List:
    service: ServiceUnderTest
    document: Mapping[str, Any]
    who: str
    path: str
    operation: Mapping[str, Any]
    year: int

    @property
    def queries(self) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
        """Name, schema and whether it is required, of each filter."""
        for one in self.operation.get("parameters", ()):
            if one["in"] == "query" and one["name"] not in _PAGES:
                yield one["name"], self._schema(one["schema"]), one.get("required", False)

    def _schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found = next((way for way in schema.get("anyOf", ()) if way.get("type") != "null"), schema)
        if reference := found.get("$ref"):
            found = self.document["components"]["schemas"][reference.rpartition("/")[2]]
        return dict(found)

    @property
    def pages(self) -> bool:
        return any(one["name"] == "after" for one in self.operation.get("parameters", ()))


async def _of_list(of: _List, paths: Mapping[str, Any]) -> AsyncIterator[Read]:
    required = {name: _day(name, of.year) for name, _, needed in of.queries if needed}
    first = Read(of.who, of.path, of.path, required)
    if not await _may(of.service, first):
        return
    items = await _items(of, required)
    for page, back in _YEARS_BACK.items():
        if back is None or of.pages:
            after = {} if back is None else {"after": _after(of, back)}
            yield Read(of.who, f"{of.path} {page}", of.path, required | after)
    for name, schema, needed in of.queries:
        for value in () if needed else _values(name, schema, items, of.year):
            shown = "…" if schema.get("format") else str(value).lower()
            yield Read(of.who, f"{of.path}?{name}={shown}", of.path, required | {name: value})
    for path in paths:
        if items and re.fullmatch(re.escape(of.path) + r"/\{[a-z_]+\}(/[a-z-]+)?", path):
            item = items[len(items) // 2]
            key = item.get("id") or item.get(f"{of.path.rpartition('/')[2].rstrip('s')}_id") or item.get("case_id")
            read = Read(of.who, path, re.sub(r"\{[a-z_]+\}", str(key), path))
            if key and await _may(of.service, read):
                yield read


async def _items(of: _List, required: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Of the first page and of the middle one."""
    found: list[Mapping[str, Any]] = []
    for back in (None, 5):
        after = {"after": _after(of, back)} if back and of.pages else {}
        body = (await of.service.person(of.who).get(of.path, **required, **after)).json()
        found += [item for item in body.get("items", ()) if isinstance(item, dict)] if isinstance(body, dict) else []
    return found


def _values(name: str, schema: Mapping[str, Any], items: list[Mapping[str, Any]], year: int) -> list[Any]:
    if "enum" in schema:
        return list(schema["enum"])
    if schema.get("type") == "boolean":
        return [True, False]
    if schema.get("format", "").startswith("date"):
        return [_day(name, year)]
    if schema.get("type") == "integer":
        return []
    seen = sorted({str(item[name]) for item in items if item.get(name)})
    return seen[:1] if schema.get("format") == "uuid" else seen[:12]


def _day(name: str, year: int) -> str:
    return f"{year}-12-31" if name in ("to", "last") else f"{year}-01-01"


def _after(of: _List, years: float) -> str:
    """`next` of a page that ends so long ago; the audit's says a time, a chain and a position."""
    key = _id_of(years, of.year)
    return f"{(key.int >> 80) * 1000}-0-0" if of.path == "/api/audit" else str(key)


def _id_of(years: float, year: int) -> UUID:
    """A key so many years before the end of the newest year, where lists are sorted by ids with the time in front."""
    at = datetime(year + 1, 1, 1, tzinfo=UTC) - timedelta(days=365 * years)
    return UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


async def _may(service: ServiceUnderTest, read: Read) -> bool:
    return (await service.person(read.who).get(read.path, **read.params)).is_success
