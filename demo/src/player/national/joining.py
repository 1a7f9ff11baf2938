"""Agencies' systems join the bus as an operator joins them, by agreements for such a year."""

from pathlib import Path
from typing import get_args

from agency_access.access import access_of
from himaya.connection import find
from himaya.joining import Joining
from himaya.platform import Away, Platform, Refused
from himaya.provisioning import Provisioning
from nrm_events.taking_part import AGENCIES
from pydantic import JsonValue, SecretStr

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


class _Kept:
    """Keeps the secret that joining makes, in a file of the state folder; what was done is not shown."""

    def __init__(self, file: Path, known: str | None) -> None:
        self._file, self.secret = file, known or ""

    def step(self, part: str, did: str) -> None:
        """For nobody."""

    def store(self, secret: str) -> str:
        self._file.touch(mode=0o600)
        self._file.write_text(secret, encoding="utf-8")
        self.secret = secret
        return "kept"


async def join(agency: Agency, folder: Path, token: str, known: str | None) -> str:
    """Join the agency's system; its secret: `known`, or a new one.

    Raises:
        Unreachable: A part of the platform does not answer, or refuses.
    """
    kept = _Kept(secret_file(folder, agency), known)
    connection = find().model_copy(update={"token": SecretStr(token)})
    parts = Provisioning(connection, access_of(agency))
    try:
        await Joining(Platform(connection), parts, agency, kept).add(agreement_of(agency))
    except (Away, Refused) as error:
        raise Unreachable(f"{agency} is not joined: {error}") from None
    return kept.secret


def secret_file(folder: Path, agency: Agency) -> Path:
    return folder / f"{agency}.secret"
