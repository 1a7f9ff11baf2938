"""Who may be the same person as the one reported: found by digests, ranked by their facts (ID-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from identification.domain import names, persons
from identification.domain.known import Known, birth_date, codes, full_names, text
from identification.resources import Work
from identification.tables import Case, Report, SearchDigest
from identification.use_cases.person_fields import digests_of, open_person, open_persons

_MOST_RANKED = 60
_joined = func.coalesce(Report.attached_to, SearchDigest.case_id)


@dataclass(frozen=True)
class Match:
    """A case whose person may be the same: the score, its reasons, and masked values."""

    case: Case
    score: int
    reasons: tuple[str, ...]
    masked_name: str
    birth_year: int | None


def matched_case() -> ColumnElement[UUID]:
    """The case that a digest leads to: its own, or the one that its report joined."""
    return _joined


async def matches(uow: Work, report: Report, which: ColumnElement[bool]) -> list[Match]:
    """The cases of `which` (a condition on `matched_case()`) whose person may be the same, best first.

    A person is found under every name they were reported by. Only persons of `which` are opened: the work does not
    depend on cases outside it (ID-7).
    """
    known = await open_person(uow, report.case_id)
    found = await _found_by_digest(uow, report, known, which)
    opened = await open_persons(uow, list(found))
    cases = {case.id: case for case in await uow.session.scalars(select(Case).where(Case.id.in_(set(found.values()))))}
    ours = _described(known)
    ranked = [_match(cases[case_id], ours, opened.get(person, {})) for person, case_id in found.items()]
    best: dict[UUID, Match] = {}
    for match in sorted(ranked, key=lambda match: match.score, reverse=True):
        if match.score >= names.POSSIBLE:
            best.setdefault(match.case.id, match)
    return list(best.values())


async def _found_by_digest(uow: Work, report: Report, known: Known, which: ColumnElement[bool]) -> dict[UUID, UUID]:
    """Persons with a digest in common, and the case that each leads to; documents and phones before names."""
    digests = [digest for _, digest in digests_of(uow.resources.vault, known)]
    own = (report.case_id, report.attached_to)
    common = (
        select(SearchDigest.case_id, _joined.label("leads_to"))
        .outerjoin(Report, (Report.case_id == SearchDigest.case_id) & Report.attached_to.is_not(None))
        .where(SearchDigest.digest.in_(digests), _joined.not_in([one for one in own if one]), which)
        .group_by(SearchDigest.case_id, _joined)
        .order_by(func.bool_or(SearchDigest.kind != "name").desc(), func.count().desc(), SearchDigest.case_id.desc())
        .limit(_MOST_RANKED)
    )
    return {row.case_id: row.leads_to for row in await uow.session.execute(common)}


def _match(case: Case, ours: names.Described, theirs: Known) -> Match:
    score, reasons = names.rank(ours, _described(theirs))
    return Match(case, score, tuple(reasons), _masked(full_names(theirs)), _birth_year(theirs))


def _described(known: Known) -> names.Described:
    return names.Described(
        names=full_names(known),
        birth_year=_birth_year(known),
        citizenship=frozenset(codes(known, "prs_Citizenship")),
        document=persons.document_key(text(known, "prs_IdentityNumber")),
        phone=text(known, "prs_MobilePhone") or None,
    )


def _birth_year(known: Known) -> int | None:
    born = birth_date(known)
    return born.year if born else None


def _masked(full: Sequence[str]) -> str:
    """First letters only: enough to recognise, not enough to learn."""
    return " ".join(f"{word[0]}…" for word in full[0].split()) if full else ""
