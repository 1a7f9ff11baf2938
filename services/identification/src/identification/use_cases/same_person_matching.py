"""Who may be the same person as the one reported: found by digests, ranked by their facts (ID-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.database import among
from sqlalchemy import ColumnElement, func, select, union_all

from identification.domain import names
from identification.domain.known import birth_date, full_names
from identification.resources import Work
from identification.tables import Case, Person, Report, SearchDigest
from identification.use_cases.search_index import Found, described, digests_to_seek, open_found

_joined = func.coalesce(Report.attached_to, Person.case_id)


@dataclass(frozen=True)
class Match:
    """A case whose person may be the same: the score, its reasons, and masked values."""

    case: Case
    score: int
    reasons: tuple[str, ...]
    masked_name: str
    birth_year: int | None


def matched_case() -> ColumnElement[UUID]:
    """The case that a person leads to: its own, or the one that its report joined."""
    return _joined


async def matches(uow: Work, report: Report, which: ColumnElement[bool]) -> list[Match]:
    """The cases of `which` (a condition on `matched_case()`) whose person may be the same, best first.

    Every one that shares enough digests is opened and ranked, so that no namesake hides another; nobody else could rank
    as possible. A person is found under every name they were reported by. Only persons of `which` are opened: the work
    does not depend on cases outside it (ID-7). The number of statements does not depend on that of the candidates.
    """
    ours = (await open_found(uow, [report.case_id])).get(report.case_id, Found({}, ()))
    leads_to = await _found_by_digest(uow, report, ours, which)
    opened = await open_found(uow, list(leads_to))
    led_to = select(Case).where(among(Case.id, set(leads_to.values())))
    cases = {case.id: case for case in await uow.session.scalars(led_to)}
    reported = described(ours)
    ranked = [_match(cases[leads_to[person]], reported, theirs) for person, theirs in opened.items()]
    best: dict[UUID, Match] = {}
    for match in sorted(ranked, key=lambda match: (-match.score, match.case.id)):
        if match.score >= names.POSSIBLE:
            best.setdefault(match.case.id, match)
    return list(best.values())


async def _found_by_digest(uow: Work, report: Report, ours: Found, which: ColumnElement[bool]) -> dict[UUID, UUID]:
    """Persons with enough digests in common, and the case that each leads to."""
    own = (report.case_id, report.attached_to)
    enough, twice = await digests_to_seek(uow, ours)
    by = select(SearchDigest.case_id)
    several = by.where(among(SearchDigest.digest, twice)).group_by(SearchDigest.case_id).having(func.count() > 1)
    common = (
        select(Person.case_id, _joined.label("leads_to"))
        .outerjoin(Report, (Report.case_id == Person.case_id) & Report.attached_to.is_not(None))
        .where(Person.case_id.in_(union_all(by.where(among(SearchDigest.digest, enough)), several)))
        .where(_joined.not_in([one for one in own if one]), which)
    )
    return {row.case_id: row.leads_to for row in await uow.session.execute(common)}


def _match(case: Case, ours: names.Described, theirs: Found) -> Match:
    score, reasons = names.rank(ours, described(theirs))
    born = birth_date(theirs.known)
    return Match(case, score, tuple(reasons), _masked(full_names(theirs.known)), born.year if born else None)


def _masked(full: Sequence[str]) -> str:
    """First letters only: enough to recognise, not enough to learn."""
    return " ".join(f"{word[0]}…" for word in full[0].split()) if full else ""
