"""An agency whose own system is joined to the bus: a report is entered there and answered."""

import asyncio
import json
import os
import sys
from pathlib import Path

from player.answers import Json
from player.faults import NeverCame, Refused, Unreachable

_REFUSED, _NOT_YET = 1, 3


async def refer(database: Path, case: Json, seconds: float) -> str:
    """Refer a case on the command line of the agency's staff; the platform's id of it.

    A reference that was entered before adds nothing and has its answer again.

    Raises:
        Refused: The platform refused it; the error contains nothing of the person.
        NeverCame: No answer came in time.
        Unreachable: The agency's own system does not work.
    """
    command = (sys.executable, "-m", "agency_connector", "refer", "--wait", str(seconds))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "AGENCY_DATABASE": str(database)}, stdin=pipe, stdout=pipe, stderr=pipe
    )
    out, err = await process.communicate(json.dumps(case).encode())
    if process.returncode not in (0, _REFUSED, _NOT_YET):
        raise Unreachable(f"the agency's system: {err.decode().strip()}")
    _, _, code, case_id = out.decode().rstrip("\n").split("\t")
    if process.returncode == _REFUSED:
        raise Refused(422, code, "refused on the bus", tuple(err.decode().splitlines()))
    if process.returncode == _NOT_YET:
        raise NeverCame("an answer on the bus")
    return case_id
