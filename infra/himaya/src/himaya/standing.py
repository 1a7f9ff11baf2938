"""What stands of an agency's client and bus, beside what should, by what the exchange says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agency_access.access import Access

from himaya.joining import AgencyState
from himaya.output import moment


@dataclass(frozen=True)
class Part:
    part: str
    stands: str
    should: str

    @property
    def right(self) -> bool:
        return self.stands == self.should


def compare(access: Access, word: AgencyState | None, there: dict[str, Any]) -> list[Part]:
    """Every part of the agency. `there`: as `Provisioning.stands` tells."""
    state = word.state if word else None
    joined, bounded = state in ("active", None), state != "removed"
    agreed = Part("agreement", f"{state}, edition {word.edition}", f"{state}, edition {word.edition}") if word else None
    return [
        agreed or Part("agreement", "none", "one"),
        _client(access, joined, there),
        *(_topic(name, there["topics"]) for name in access.topics),
        _rights(access, joined, there["rights"]),
        _quotas(access, bounded, there["quotas"]),
    ]


def _client(access: Access, joined: bool, there: dict[str, Any]) -> Part:
    enabled, faults = there["enabled"], there["client_faults"]
    stands = "none" if enabled is None else "enabled" if enabled else "disabled"
    should = "enabled" if joined else "none" if enabled is None else "disabled"
    wrong = f", wrong: {', '.join(faults)}" if faults and joined else ""
    return Part(f"client {access.client_id}", stands + wrong, should)


def _topic(name: str, topics: dict[str, dict[str, str]]) -> Part:
    wrong = topics.get(name)
    stands = "none" if wrong is None else "there" if not wrong else f"there, wrong: {', '.join(sorted(wrong))}"
    return Part(f"topic {name}", stands, "there")


def _rights(access: Access, joined: bool, rights: set[Any]) -> Part:
    wanted = access.grants if joined else set()
    stands = f"{len(rights & wanted)} of {len(wanted)}"
    beyond = rights - wanted
    return Part("rights", stands + (f" and {len(beyond)} beyond" if beyond else ""), f"{len(wanted)} of {len(wanted)}")


def _quotas(access: Access, bounded: bool, quotas: dict[str, float]) -> Part:
    return Part("quotas", _said(quotas), _said(dict(access.quotas) if bounded else {}))


def _said(quotas: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.0f}" for name, value in sorted(quotas.items())) or "none"


def what_to_run(code: str, word: AgencyState | None) -> str:
    """The command that makes it right; each does nothing to what stands already."""
    commands = {
        "active": f"himaya agency resume {code}",
        "suspended": f"himaya agency suspend {code} --reason REASON",
        "removed": f"himaya agency remove {code} --reason REASON",
    }
    return commands[word.state] if word else f"himaya agency add {code} --agreement FILE"


def traffic(told: Mapping[str, Any]) -> list[str]:
    """How much the agency said and was told, as the exchange counts it."""
    refused = ", ".join(f"{count} {code}" for code, count in sorted(told["submissions_refused"].items())) or "none"
    return [
        f"said: {told['submissions_accepted']} accepted, {told['submissions_waiting']} waiting, refused: {refused}; "
        f"last heard {moment(told['last_heard_at']) or 'never'}",
        f"told: {told['events_told']} events of {told['cases_told']} cases; "
        f"{told['events_withheld']} wait for a consent; last {moment(told['last_told_at']) or 'never'}",
        f"withdrawals not acknowledged: {told['withdrawals_not_acknowledged']}",
    ]
