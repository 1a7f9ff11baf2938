"""What each service counts after a national year, beside what the file counts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from pydantic import JsonValue, TypeAdapter

from player.national.joining import OF_POLICE
from player.national.play import Outcome
from player.national.referral import POLICE, SHARED, Agency, Referral, events_of, figures_of
from player.timeline import BAKU

_CLOCKS: TypeAdapter[dict[str, dict[str, int]]] = TypeAdapter(dict[str, dict[str, int]])
_NOBODY = ("shelter", "fund", "repatriation")
"""Nobody is housed, paid or returned in such a year: what these services count stays 0."""

_TERM_OF_APPEAL = timedelta(days=30)  # `appeal_days` of identification's parameters

Figures = Mapping[str, Mapping[str, JsonValue]]
"""`/api/statistics/{year}` by service."""


def differences(referrals: Sequence[Referral], figures: Figures, outcome: Outcome) -> list[str]:
    """Each figure that is not the file's own, in a sentence."""
    ending = _terms_ending(referrals, figures["notify"]["year"])
    return [*_of_statistics(figures_of(referrals), figures, ending), *_of_exchange(referrals, outcome)]


def _terms_ending(referrals: Sequence[Referral], year: JsonValue) -> int:
    """Terms of appeal that end within the year: notify counts a clock in the year of its end (ID-9)."""
    declined = [one.decided_at for one in referrals if one.decided_at and one.outcome == "declined"]
    return sum((at.astimezone(BAKU).date() + _TERM_OF_APPEAL).year == year for at in declined)


def _of_statistics(counted: Mapping[str, int], figures: Figures, terms: int) -> Iterator[str]:
    wanted = {name: counted[name] for name in ("reports", "identified", "not_recognised")} | {"potential": 0}
    for name, number in wanted.items():
        yield from _compare(f"identification, {name}", figures["identification"][name], number)
    clocks = _CLOCKS.validate_python(figures["notify"]["clocks"])
    yield from _compare("notify, hand-overs in time", clocks.get("referral", {}).get("met", 0), counted["handed_over"])
    yield from _compare("notify, hand-overs awaited", clocks.get("referral", {}).get("running", 0), 0)
    appeals = sum(clocks.get("appeal", {}).values())
    yield from _compare("notify, terms of appeal", appeals, terms)
    for service in _NOBODY:
        for name, found in figures[service].items():
            if name != "year":
                yield from _compare(f"{service}, {name}", found, 0)


def _of_exchange(referrals: Sequence[Referral], outcome: Outcome) -> Iterator[str]:
    """What each system was sent of its cases, event by event; police of those that were handed over."""
    by_agency: dict[Agency, list[Referral]] = {}
    for one in referrals:
        by_agency.setdefault(one.agency, []).append(one)
    handed_over = events_of(one for one in referrals if one.handed_over_at)
    for agency, shared in outcome.shared.items():
        own = handed_over if agency == POLICE else events_of(by_agency.get(agency, ()))
        wanted = Counter({name: own[name] for name in (OF_POLICE if agency == POLICE else SHARED)})
        for name in sorted(wanted.keys() | shared.keys()):
            yield from _compare(f"exchange, {name} sent to {agency}", shared[name], wanted[name])


def _compare(name: str, ours: JsonValue, wanted: int) -> Iterator[str]:
    if ours != wanted:
        yield f"{name}: {ours} there, {wanted} in the file"
