"""Start pages and reports: a full night, nothing to do, a part that could not be read, money, a year."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.catalogue import LANGUAGES, NAMES
from staffui.charts import Bar, svg
from staffui.patterns.lists import row
from staffui.patterns.saying import Saying, money
from staffui.view import AsPdf, Card, Cell, Column, Figure, Link, ReportPage, Row, Section, StartPage, Table


def _columns(say: Saying) -> list[Column]:
    return [
        Column(say("Müraciət", "Reference", "Обращение")),
        Column(say("Vəziyyət", "State", "Состояние")),
        Column(say("Kateqoriya", "Category", "Категория")),
        Column(say("Uşaqlar", "Children", "Дети"), numeric=True),
        Column(say("Nə vaxt", "When", "Когда")),
        Column(say("Müddət", "Term", "Срок")),
    ]


def _section(say: Saying, caption: str, rows: int) -> Section:
    empty = say("Bu gün heç nə gözlənilmir.", "Nothing is expected today.", "Сегодня ничего не ожидается.")
    drawn = [Row(one.cells[:6], one.href) for one in (row(say, number) for number in range(rows))]
    every = Link(say("Bütün siyahı", "The whole list", "Весь список"), "/stays") if rows else None
    return Section(Table(caption, _columns(say), drawn, empty), every)


def _captions(say: Saying) -> list[str]:
    return [
        say("Qərarı gecikən qalmalar", "Stays overdue a decision", "Пребывания с просроченным решением"),
        say("Bu gecə gələnlər", "Arriving tonight", "Прибывают этой ночью"),
        say("Müddətin uzadılmasını gözləyənlər", "Extensions to decide", "Продления, ждущие решения"),
    ]


def _links(say: Saying) -> list[Link]:
    return [
        Link(say("Qaydalar", "Rules", "Правила"), "/rules"),
        Link(say("Qaralamalar", "Drafts", "Черновики"), "/drafts"),
    ]


def _full(say: Saying) -> StartPage:
    sections = [_section(say, caption, rows) for caption, rows in zip(_captions(say), (3, 2, 0), strict=True)]
    start = Link(say("Yer istə", "Request a place", "Запросить место"), "/stays/new")
    return StartPage(say("Mənim işim", "My work", "Моя работа"), sections, start, links=_links(say))


def _empty(say: Saying) -> StartPage:
    return StartPage(
        say("Mənim işim", "My work", "Моя работа"),
        [],
        quiet=[_section(say, caption, 0).table.empty for caption in _captions(say)],
    )


def _unread(say: Saying) -> StartPage:
    first, *rest = (_section(say, caption, 2) for caption in _captions(say))
    return StartPage(say("Mənim işim", "My work", "Моя работа"), [Section(first.table, unread=True), *rest])


def _cards(say: Saying) -> list[Card]:
    rows = [
        (say("Qalıq", "Balance", "Остаток"), money(say)),
        (say("Ayrılıb", "Reserved", "Зарезервировано"), money(say)),
        (say("Xərcləmək üçün sərbəst", "Free to spend", "Свободно к расходованию"), money(say)),
    ]
    return [Card(say("Yardım Fondunun vəsaiti", "Money of the Fund", "Средства фонда"), rows)]


def _money(say: Saying) -> StartPage:
    also = [Link(say("Daxilolmanı qeydə al", "Record an income", "Записать поступление"), "/incomes/new")]
    return replace(_full(say), cards=_cards(say), also=also)


_TERMS = ((412, 31, 4), (96, 0, 0), (None, 3, 12))


def _figure(say: Saying) -> Figure:
    """A chart with three parts, one figure of which is withheld."""
    parts = [
        say("Vaxtında", "Met in time", "Вовремя"),
        say("Gec", "Met late", "С опозданием"),
        say("Pozulub", "Missed", "Нарушен"),
    ]
    label = say(
        "İşin ötürülməsi və qəbulu: 24 saat", "Hand-over and its acknowledgement", "Передача дела и её подтверждение"
    )
    hidden = say("Göstərilmir", "Withheld", "Скрыто")
    rows = [
        Row([Cell(f"{label} {number}"), *(Cell(hidden if n is None else str(n), "number") for n in term)])
        for number, term in enumerate(_TERMS)
    ]
    columns = [Column(say("Müddət", "Term", "Срок")), *(Column(part, numeric=True) for part in parts)]
    table = Table(say("Müddətlər", "Terms", "Сроки"), columns, rows, "")
    caption = say("Müddətlər növlər üzrə.", "Terms by kind.", "Сроки по видам.")
    bars = [
        Bar(row.cells[0].text, term, " · ".join(cell.text for cell in row.cells[1:]))
        for row, term in zip(rows, _TERMS, strict=True)
    ]
    return Figure(svg("chart-terms", caption, parts, bars), caption, table)


def _report(say: Saying) -> ReportPage:
    years = [Link("2025", "/statistics?year=2025"), Link("2026", "/statistics", current=True)]
    title = say("İlin göstəriciləri", "Figures of the year", "Показатели года")
    tables = [_section(say, _captions(say)[0], 3).table]
    pdf = [AsPdf(language, NAMES[language], f"/statistics?pdf={language}") for language in LANGUAGES]
    return ReportPage(title, years, _cards(say), tables, figures=[_figure(say)], pdf=pdf)


def _refused(say: Saying) -> ReportPage:
    refused = say("Bu il üçün məlumat yoxdur.", "There is nothing for this year.", "За этот год данных нет.")
    return replace(_report(say), cards=(), tables=(), figures=(), pdf=(), refused=refused)


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "start": _full,
    "start-empty": _empty,
    "start-unread": _unread,
    "start-money": _money,
    "report": _report,
    "report-refused": _refused,
}
