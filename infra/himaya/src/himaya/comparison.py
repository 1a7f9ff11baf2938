"""An agency's client and bus as they are, beside what they should be by its state at the exchange."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agency_access.access import Access, Grant

from himaya.answers import Agency
from himaya.joining import AgencyState
from himaya.output import moment
from himaya.provisioning import Standing


@dataclass(frozen=True)
class Part:
    part: str
    stands: str
    should: str

    @property
    def right(self) -> bool:
        return self.stands == self.should


def compare(access: Access, state: AgencyState | None, there: Standing) -> list[Part]:
    """Every part of the agency. `there`: as `Provisioning.stands` returns it."""
    name = state.state if state else None
    joined, bounded = name in ("active", None), name != "removed"
    return [
        _agreement(state),
        *([_kind(state)] if state else []),
        _client(access, joined, there),
        *(_topic(name, there.topics) for name in access.topics),
        _rights(access, joined, there.rights),
        _quotas(access, bounded, there.quotas),
    ]


def _agreement(state: AgencyState | None) -> Part:
    if state is None:
        return Part("agreement", "none", "one")
    agreed = f"{state.state}, edition {state.edition}"
    return Part("agreement", agreed, agreed)


def _kind(state: AgencyState) -> Part:
    """One that joined before agreements stated it has none, and nothing of a case goes out to it."""
    kind = state.kind or "none"
    return Part("kind", kind, kind if state.kind or state.state == "removed" else "stated by a newer edition")


def _client(access: Access, joined: bool, there: Standing) -> Part:
    enabled, faults = there.enabled, there.client_faults
    stands = "none" if enabled is None else "enabled" if enabled else "disabled"
    should = "enabled" if joined else "none" if enabled is None else "disabled"
    wrong = f", wrong: {', '.join(faults)}" if faults and joined else ""
    return Part(f"client {access.client_id}", stands + wrong, should)


def _topic(name: str, topics: Mapping[str, Mapping[str, str]]) -> Part:
    wrong = topics.get(name)
    stands = "none" if wrong is None else "there" if not wrong else f"there, wrong: {', '.join(sorted(wrong))}"
    return Part(f"topic {name}", stands, "there")


def _rights(access: Access, joined: bool, rights: Collection[Grant]) -> Part:
    wanted: set[Grant] = access.grants if joined else set()
    stands = f"{len(wanted.intersection(rights))} of {len(wanted)}"
    beyond = set(rights) - wanted
    return Part("rights", stands + (f" and {len(beyond)} beyond" if beyond else ""), f"{len(wanted)} of {len(wanted)}")


def _quotas(access: Access, bounded: bool, quotas: Mapping[str, float]) -> Part:
    return Part("quotas", _listed(quotas), _listed(dict(access.quotas) if bounded else {}))


def _listed(quotas: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.0f}" for name, value in sorted(quotas.items())) or "none"


def what_to_run(code: str, state: AgencyState | None) -> str:
    """The command that makes it right; each leaves alone what stands already."""
    if state is None or (state.kind is None and state.state != "removed"):
        return f"himaya agency add {code} --agreement FILE"
    commands = {
        "active": f"himaya agency resume {code}",
        "suspended": f"himaya agency suspend {code} --reason REASON",
        "removed": f"himaya agency remove {code} --reason REASON",
    }
    return commands[state.state]


def traffic(answer: Agency) -> list[str]:
    """How much the agency submitted and received, as the exchange counts it."""
    refused = ", ".join(f"{count} {code}" for code, count in sorted(answer["submissions_refused"].items())) or "none"
    return [
        f"submitted: {answer['submissions_accepted']} accepted, {answer['submissions_waiting']} waiting, "
        f"refused: {refused}; last {moment(answer['last_heard_at']) or 'never'}",
        f"received: {answer['events_told']} events of {answer['cases_told']} cases; "
        f"{answer['events_withheld']} wait for a basis; last {moment(answer['last_told_at']) or 'never'}",
        f"withdrawals not acknowledged: {answer['withdrawals_not_acknowledged']}",
    ]
