"""Following every link of the pages, each kind of page once or twice."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable

Read = Callable[[str], Awaitable[tuple[int, str]]]
"""From an address to the status and the text of its page."""

_LINK = re.compile(r'href="(/[^"#]*)"')
_ONE_OF = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|=[^&]*|(?<=/agencies/)[a-z-]+")
_FILE = re.compile(r"\.csv(\?|$)|[?&]pdf=")
_NOT_FOLLOWED = ("/exit", "/static/", "/docs", "/sign-")


def kind_of(address: str) -> str:
    """The address without its ids and values: pages of one kind differ in these alone."""
    return _ONE_OF.sub("…", address)


def without_query(address: str) -> str:
    """The same without filters, for pages that look the same with each."""
    return kind_of(address.partition("?")[0])


async def follow(
    read: Read, *, most: int, seen: set[str], of_a_kind: int = 1, kind_of: Callable[[str], str] = kind_of
) -> AsyncIterator[tuple[str, int, str]]:
    """Every page that links lead to from the start page: address, status, text.

    At most `most` pages, `of_a_kind` of each kind; kinds in `seen` are not read again, but the start page is.
    """
    waiting, read_already, kinds = ["/"], set[str](), dict[str, int]()
    while waiting and len(read_already) < most:
        address = waiting.pop(0)
        kind = kind_of(address)
        if address in read_already or kinds.get(kind, 0) >= of_a_kind or (kind in seen and address != "/"):
            continue
        read_already.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        status, page = await read(address)
        yield address, status, page
        waiting += links(page)
    seen |= kinds.keys()


def links(page: str) -> list[str]:
    """The pages to which a page leads, without what signs somebody out."""
    found = [html.unescape(address) for address in _LINK.findall(page)]
    return [address for address in found if not address.startswith(_NOT_FOLLOWED) and not _FILE.search(address)]


def files(page: str) -> list[str]:
    """The files to which a page leads: its rows for spreadsheets, its paper as PDF."""
    return [address for address in map(html.unescape, _LINK.findall(page)) if _FILE.search(address)]
