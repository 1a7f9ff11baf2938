"""A referral of a national year: who is referred, by whom, and what was decided; one a line, in JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from player.answers import Json

Agency = Literal["mia-special", "sms", "sbs", "mlspp", "scfwca", "ngo-clean-world", "ngo-amc", "ngo-acu"]
POLICE: Agency = "mia-special"
NGOS: frozenset[Agency] = frozenset({"ngo-clean-world", "ngo-amc", "ngo-acu"})
"""They may decide about an adult who does not agree that police know of the case (ID-7, ID-9)."""


class Referral(BaseModel):
    """A person and the steps of the case. What is empty did not happen until the end of the year.

    `presumed_at`: the first decision is positive (reasonable grounds). `decided_at`: the last one, `recognised` or
    `declined` (conclusive grounds), by the special police body after `handed_over_at`, else by the NGO that referred.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int = Field(ge=1)
    agency: Agency
    channel: str
    language: str
    child: bool
    htcds: Json
    agrees_to_police: bool
    reported_at: AwareDatetime
    presumed_at: AwareDatetime | None = None
    handed_over_at: AwareDatetime | None = None
    taken_at: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    outcome: Literal["recognised", "declined"] | None = None
    withdrawn_at: AwareDatetime | None = None


def read_referrals(path: Path) -> list[Referral]:
    """The referrals of a file. ValidationError names the field of a line that is none; OSError: it cannot be read."""
    with path.open("rb") as file:
        return [Referral.model_validate_json(line) for line in file if line.strip()]


def as_line(referral: Referral) -> str:
    """A referral as a file has it."""
    return referral.model_dump_json(exclude_none=True)


def figures_of(referrals: Sequence[Referral]) -> dict[str, int]:
    """What the file itself counts."""
    return {
        "reports": len(referrals),
        "children": sum(one.child for one in referrals),
        "presumed": sum(one.presumed_at is not None for one in referrals),
        "handed_over": sum(one.handed_over_at is not None for one in referrals),
        "identified": sum(one.outcome == "recognised" for one in referrals),
        "not_recognised": sum(one.outcome == "declined" for one in referrals),
        "withdrawn": sum(one.withdrawn_at is not None for one in referrals),
    }


def events_of(referrals: Iterable[Referral]) -> Counter[str]:
    """How often each of SHARED happens in the cases of the file."""
    found: Counter[str] = Counter()
    for one in referrals:
        steps = {
            "CaseOpened": True,
            "VictimPresumed": one.presumed_at,
            "VictimReferred": one.handed_over_at,
            "ReferralAcknowledged": one.taken_at,
            "VictimIdentified": one.outcome == "recognised",
            "IdentificationDeclined": one.outcome == "declined",
            "CaseClosed": one.withdrawn_at,
        }
        found.update(name for name, happened in steps.items() if happened)
    return found


SHARED = (
    "CaseOpened",
    "VictimPresumed",
    "VictimReferred",
    "ReferralAcknowledged",
    "VictimIdentified",
    "IdentificationDeclined",
    "CaseClosed",
)
"""What the holder's system is sent of its cases, by its agreement."""
