"""Agencies' systems are joined to the bus by the operator's command, each with an agreement for such a year."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import get_args

from nrm_events.taking_part import AGENCIES
from pydantic import JsonValue

from player.answers import Json
from player.faults import Unreachable
from player.national.referral import POLICE, SHARED, Agency

SYSTEMS: tuple[Agency, ...] = get_args(Agency)
OPERATOR = "himaya.operator"
_EDITION = 100  # higher than that of any agreement from the start
OF_POLICE = ("VictimReferred", "ReferralAcknowledged", "VictimIdentified", "IdentificationDeclined")


def agreement_of(agency: Agency) -> Json:
    """It is sent the steps of its own cases; police those of cases that were handed over."""
    police = agency == POLICE
    tells: list[JsonValue] = [
        {
            "event": f"identification.{event}",
            "fields": [],
            "ground": "formal_body" if police else "holder",
            "legal": "a generated year",
        }
        for event in (OF_POLICE if police else SHARED)
    ]
    return {
        "agency": agency,
        "title": AGENCIES[agency].name,
        "kind": AGENCIES[agency].kind,
        "edition": _EDITION,
        "from": "2020-01-01",
        "legal": "a generated year",
        "may_say": ["ReferralTaken"] if police else ["ReferralSubmitted"],
        "tells": tells,
    }


async def join(agency: Agency, folder: Path, token: str, secret: str | None) -> str:
    """Join the agency's system by `himaya agency add`; its secret: the one that it had, or a new one.

    Raises:
        Unreachable: The command failed; the message is what it printed.
    """
    file, into = folder / f"{agency}.json", folder / f"{agency}.secret"
    file.write_text(json.dumps(agreement_of(agency)), encoding="utf-8")
    if not secret:
        into.unlink(missing_ok=True)
    command = [sys.executable, "-m", "himaya", "agency", "add", agency, "--agreement", str(file)]
    process = await asyncio.create_subprocess_exec(
        *command,
        *(() if secret else ("--secret-file", str(into))),
        env={**os.environ, "HIMAYA_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise Unreachable(f"himaya agency add {agency}: {output.decode().strip()}")
    return secret or into.read_text(encoding="utf-8").strip()
