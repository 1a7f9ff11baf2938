"""An agency's desk at identification: it opens cases from its list of reports, and acts on them."""

import asyncio
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from player.answers import Answer, Json, Search, Shape
from player.national.wire import Request, Token, Wire

_OBJECT: TypeAdapter[Json] = TypeAdapter(Json)
_PAGE = 200
_PAUSE = 0.25  # seconds between two looks at the list


class _Stored(Shape):
    handle_id: UUID


class _Listed(Shape):
    id: str
    case_id: str


class _Page(Shape):
    items: list[_Listed]
    next: str | None = None


class Desk:
    """One person at work; `token` signs them in."""

    def __init__(self, wire: Wire, token: Token) -> None:
        self._wire, self._token = wire, token
        self._reports: dict[str, str] = {}
        self._looking = asyncio.Lock()

    async def act(self, path: str, body: Json, key: UUID) -> Answer:
        """A command. Refused, Unreachable: as `Wire.send`."""
        answer = await self._wire.send(Request(path, body, key), self._token)
        return Answer.of(_OBJECT.validate_json(answer), replayed=False)

    async def keep_for_referral(self, body: Json, key: UUID, token: Token) -> UUID:
        """The agency's system reports the person; the handle that its message names."""
        answer = await self._wire.send(Request("/api/referral-handles", body, key), token)
        return _Stored.model_validate_json(answer).handle_id

    async def search(self, report_id: str) -> Search:
        """Whether the person is known (ID-18)."""
        path = f"/api/reports/{report_id}/same-person-search"
        return Search.model_validate_json(await self._wire.send(Request(path, {}), self._token))

    async def see_case(self, case_id: str) -> Answer:
        answer = await self._wire.send(Request(f"/api/cases/{case_id}"), self._token)
        return Answer.of(_OBJECT.validate_json(answer), replayed=False)

    async def see_statistics(self, year: int) -> dict[str, JsonValue]:
        return _OBJECT.validate_json(await self._wire.send(Request(f"/api/statistics/{year}"), self._token))

    async def report_of(self, case_id: str) -> str:
        """The report of a case that was just received: whoever waits is served by one look at the list."""
        while case_id not in self._reports:
            async with self._looking:
                if case_id not in self._reports:
                    await self._look()
                    await asyncio.sleep(0 if case_id in self._reports else _PAUSE)
        return self._reports.pop(case_id)

    async def _look(self) -> None:
        """Everything that waits to be opened, newest first."""
        found: dict[str, str] = {}
        after: str | None = ""
        while after is not None:
            more = f"&after={after}" if after else ""
            answer = await self._wire.send(Request(f"/api/reports?status=reported&limit={_PAGE}{more}"), self._token)
            page = _Page.model_validate_json(answer)
            found |= {one.case_id: one.id for one in page.items}
            after = page.next
        self._reports = found
