"""What shows no case: the templates, and counts by year."""

from collections.abc import Mapping
from typing import get_args

from casework.calendar import year_bounds
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import func, select

from notify.adapters.wording import templates
from notify.answers import (
    ClockCount,
    ClockCounts,
    Language,
    MessageCount,
    MessageCounts,
    MessageState,
    StatisticsAnswer,
    TemplateAnswer,
    TemplatesAnswer,
    TemplateText,
)
from notify.domain.kinds import BY_CODE
from notify.tables import ClockRow, MessageRow


def list_templates(language: Language) -> TemplatesAnswer:
    """Every template with its versions and languages (NO-4)."""
    return TemplatesAnswer(
        items=[
            TemplateAnswer(
                template=version.template,
                version=version.version,
                first_day=version.first_day,
                texts={
                    code: TemplateText(subject=text.subject, body=text.body) for code, text in version.texts.items()
                },
                subject=version.texts[language].subject,
                body=version.texts[language].body,
            )
            for versions in templates().values()
            for version in versions
        ]
    )


async def count_year(uow: UnitOfWork, year: int) -> StatisticsAnswer:
    """Clocks whose end fell into the year (Baku), by kind and state; messages about acts of that year, by state."""
    return StatisticsAnswer(year=year, clocks=await _clocks(uow, year), messages=await _messages(uow, year))


async def count_clocks(uow: UnitOfWork, year: int) -> ClockCounts:
    """The same of clocks, a row for each kind that there is, in the order of the table of kinds."""
    of_year = await _clocks(uow, year)
    return ClockCounts(year=year, items=[_count(kind, of_year[kind]) for kind in BY_CODE if kind in of_year])


def _count(kind: str, by_state: Mapping[str, int]) -> ClockCount:
    names = ("breached", "met", "met_late", "met_without_identity", "ended")
    waiting = sum(by_state.get(state, 0) for state in ("running", "approaching"))
    return ClockCount.model_validate({"kind": kind, "open": waiting} | {name: by_state.get(name, 0) for name in names})


async def count_messages(uow: UnitOfWork, year: int) -> MessageCounts:
    """The same of messages, a row for each state."""
    of_year = await _messages(uow, year)
    states = get_args(MessageState)
    return MessageCounts(
        year=year, items=[MessageCount(state=state, messages=of_year.get(state, 0)) for state in states]
    )


async def _clocks(uow: UnitOfWork, year: int) -> dict[str, dict[str, int]]:
    begin, end = year_bounds(year)
    clocks: dict[str, dict[str, int]] = {}
    rows = await uow.session.execute(
        select(ClockRow.kind, ClockRow.state, func.count())
        .where(ClockRow.due_at >= begin, ClockRow.due_at < end)
        .group_by(ClockRow.kind, ClockRow.state)
    )
    for kind, state, count in rows:
        clocks.setdefault(kind, {})[state] = count
    return clocks


async def _messages(uow: UnitOfWork, year: int) -> dict[str, int]:
    begin, end = year_bounds(year)
    rows = await uow.session.execute(
        select(MessageRow.state, func.count().label("n"))
        .where(MessageRow.effective_at >= begin, MessageRow.effective_at < end)
        .group_by(MessageRow.state)
    )
    return {row.state: row.n for row in rows}
