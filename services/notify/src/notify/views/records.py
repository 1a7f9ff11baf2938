"""What shows no case: the templates, and counts by year."""

from casework.calendar import year_bounds
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import func, select

from notify.adapters.wording import templates
from notify.answers import StatisticsAnswer, TemplateAnswer, TemplatesAnswer, TemplateText
from notify.tables import ClockRow, MessageRow


def list_templates() -> TemplatesAnswer:
    """Every template with its versions and languages (NO-4)."""
    return TemplatesAnswer(
        items=[
            TemplateAnswer(
                template=version.template,
                version=version.version,
                first_day=version.first_day,
                texts={
                    language: TemplateText(subject=text.subject, body=text.body)
                    for language, text in version.texts.items()
                },
            )
            for versions in templates().values()
            for version in versions
        ]
    )


async def count_year(uow: UnitOfWork, year: int) -> StatisticsAnswer:
    """Clocks whose end fell into the year (Baku), by kind and state; messages about acts of that year, by state."""
    begin, end = year_bounds(year)
    clocks: dict[str, dict[str, int]] = {}
    rows = await uow.session.execute(
        select(ClockRow.kind, ClockRow.state, func.count())
        .where(ClockRow.due_at >= begin, ClockRow.due_at < end)
        .group_by(ClockRow.kind, ClockRow.state)
    )
    for kind, state, count in rows:
        clocks.setdefault(kind, {})[state] = count
    messages = await uow.session.execute(
        select(MessageRow.state, func.count().label("n"))
        .where(MessageRow.effective_at >= begin, MessageRow.effective_at < end)
        .group_by(MessageRow.state)
    )
    return StatisticsAnswer(year=year, clocks=clocks, messages={row.state: row.n for row in messages})
