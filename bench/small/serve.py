"""`python -m bench.small.serve ours|bare PARTS`: the API under uvicorn; writes to PARTS where its time went.

`bare` is FastAPI and an ORM insert, the same row of the same table, with a commit before the answer.
"""

import signal
import sys
from collections.abc import AsyncIterator
from typing import Annotated

import uvicorn
from chassis import process
from chassis.clock import new_id, utc_now
from chassis.database import Database
from chassis.settings import Settings
from fastapi import Depends, FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bench.parts import Sampler
from bench.small.app import SMALL, AddNote, Note, NoteAdded


def bare(settings: Settings) -> FastAPI:
    """An API as FastAPI's own pages teach it."""
    app = FastAPI()
    sessions = async_sessionmaker(Database(settings.database_url).engine, expire_on_commit=False)

    async def session(request: Request) -> AsyncIterator[AsyncSession]:
        async with sessions() as opened, opened.begin():
            yield opened

    @app.post("/api/notes", status_code=201)
    async def note(command: AddNote, session: Annotated[AsyncSession, Depends(session, scope="function")]) -> NoteAdded:
        row = Note(id=new_id(), case_id=command.case_id, reason=command.reason, at=utc_now())
        session.add(row)
        return NoteAdded(id=row.id)

    return app


def main(arguments: list[str]) -> int:
    which, parts = arguments
    with Sampler(parts):
        if which == "ours":
            return process.main(SMALL, ["api"])
        settings = SMALL.settings()
        process._tune_collector()  # the same luck for both
        signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn ends in order, then sends itself the signal again
        uvicorn.run(bare(settings), port=settings.port, log_config=None, access_log=False, loop="uvloop")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
