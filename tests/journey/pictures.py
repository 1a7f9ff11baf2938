"""`python -m tests.journey.pictures FOLDER`: pictures of every kind of page of a running platform, in Azerbaijani.

One at 1280 and one at 320 px of each, by the first role that reaches it. `make demo` before it gives the pages a year.
"""

import asyncio
import sys
from pathlib import Path

from .chromium import chromium, every_page, people


async def take(folder: Path) -> int:
    """How many pages there are."""
    seen: dict[str, set[str]] = {}
    pages = 0
    async with chromium() as opened:
        for role, person in people():
            async for one in every_page(opened, person, [], seen):
                await one.picture(folder, role)
                pages += 1
            sys.stderr.write(f"pictures: {pages} pages after {role}\n")
    return pages


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{asyncio.run(take(folder))} pages in {folder}\n")
