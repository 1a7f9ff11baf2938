"""Lists: full, empty, filtered to nothing, and with hostile texts."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.patterns.saying import HOSTILE, Saying, clock, day, moment, money, tag, unknown
from staffui.view import Cell, Chip, Choosing, Column, Filter, Link, ListPage, Option, Row, Table


def _columns(say: Saying) -> list[Column]:
    return [
        Column(say("Müraciət", "Reference", "Обращение")),
        Column(say("Vəziyyət", "State", "Состояние")),
        Column(say("Kateqoriya", "Category", "Категория")),
        Column(say("Yanındakı uşaqlar", "Children along", "Дети рядом"), numeric=True),
        Column(
            say("Sorğu göndərilib", "Requested", "Запрошено"),
            sort="descending",
            turn=Link(say("Əvvəlcə köhnələr", "Oldest first", "Сначала старые"), "/stays?order=oldest"),
        ),
        Column(say("Qalma müddəti", "Time of stay", "Срок пребывания")),
        Column(say("Xərc", "Cost", "Расход"), numeric=True),
    ]


def row(say: Saying, number: int) -> Row:
    """A made-up stay; each number has other states."""
    states = (
        tag(say("Qərar gecikir", "Overdue a decision", "Решение просрочено"), "late"),
        tag(say("Yer təklif edilib", "Place offered", "Место предложено"), "waits"),
        tag(say("Qalır", "Stays", "Проживает"), "good"),
        tag(say("Başa çatıb", "Ended", "Завершено"), "off"),
    )
    clocks = (
        clock(say("2 iş günü keçib", "2 working days over", "Просрочено на 2 рабочих дня"), "late"),
        clock(say("3 saat 10 dəqiqə qalıb", "3 h 10 min left", "Осталось 3 ч 10 мин"), "warns"),
        clock(say("30 gün qalıb", "30 days left", "Осталось 30 дней"), "waits"),
        clock(say("Vaxtında yerinə yetirilib", "Met", "Выполнено в срок"), "good"),
    )
    groups = (
        Cell(say("Böyük qadın", "Adult woman", "Взрослая женщина")),
        Cell(say("Uşaqlı valideyn", "Parent with children", "Родитель с детьми")),
        unknown(say),
        Cell(say("Müşayiət olunmayan uşaq", "Unaccompanied child", "Ребёнок без сопровождения")),
    )
    kind = number % 4
    cells = [Cell(f"07EJ-E{number}JA"), states[kind], groups[kind], Cell(str(number % 3), "number"), moment(say)]
    return Row([*cells, clocks[kind], money(say) if kind else unknown(say)], href=f"/stays/{number}")


def _filters(say: Saying) -> list[Filter]:
    every = say("Hamısı", "All", "Все")
    late = say("Qərar gecikir", "Overdue a decision", "Решение просрочено")
    return [
        Filter(
            say("view", "view", "view"),
            say("Vəziyyət", "State", "Состояние"),
            [Option("", every), Option("late", late, chosen=True)],
        ),
        Filter(
            "extension",
            say("Müddətin uzadılması gözlənilir", "An extension waits", "Ожидается продление срока"),
            [Option("", every, chosen=True), Option("true", say("Bəli", "Yes", "Да"))],
        ),
        Filter(
            "region",
            say("Bölgə", "Region", "Регион"),
            [
                Option("", every, chosen=True),
                Option(
                    "south",
                    say("Lənkəran-Astara iqtisadi rayonu", "Lankaran–Astara region", "Ленкорань-Астаринский район"),
                ),
            ],
        ),
        Filter("actor", say("Kim", "Who", "Кто"), typed="demo-rehber-1"),
        Filter("since", say("Başlanğıc tarixi", "Since", "Дата начала"), typed="2026-11-01", is_day=True),
    ]


def _chips(say: Saying) -> list[Chip]:
    return [
        Chip(say("Vəziyyət: Qərar gecikir", "State: Overdue a decision", "Состояние: Решение просрочено"), "/stays"),
        Chip(say("Son 7 gün", "Last 7 days", "Последние 7 дней"), "/stays?view=late"),
    ]


def _full(say: Saying) -> ListPage:
    title = say("Qalmalar", "Stays", "Пребывания")
    caption = say("Əvvəlcə qərarı gecikənlər", "Those overdue a decision first", "Сначала просроченные решения")
    return ListPage(
        title,
        Table(caption, _columns(say), [row(say, number) for number in range(8)], ""),
        _filters(say),
        start=Link(say("Yer istə", "Request a place", "Запросить место"), "/stays/new"),
        also=[Link(say("Bərpa müraciəti", "Report a return", "Сообщить о возвращении"), "/returns/new")],
        first="/stays",
        older="/stays?after=8",
        sheet=Link(say("Siyahını fayl kimi endir", "Download the list", "Скачать список"), "/stays.csv"),
    )


def _empty(say: Saying) -> ListPage:
    title = say("Qalmalar", "Stays", "Пребывания")
    empty = say(
        "Hələ heç nə yoxdur. Yer istəniləndə burada görünəcək.",
        "Nothing here yet. A request for a place will appear here.",
        "Пока ничего нет. Запрос места появится здесь.",
    )
    return ListPage(
        title,
        Table(title, _columns(say), [], empty),
        start=Link(say("Yer istə", "Request a place", "Запросить место"), "/new"),
    )


def _filtered(say: Saying) -> ListPage:
    title = say("Qalmalar", "Stays", "Пребывания")
    empty = say("Bu şərtlərə uyğun heç nə yoxdur.", "Nothing matches.", "Ничего не найдено.")
    return ListPage(title, Table(title, _columns(say), [], empty), _filters(say), _chips(say))


def _hostile(say: Saying) -> ListPage:
    rows = [Row([Cell(text), tag(text), Cell(text, "list", items=HOSTILE[:3])], href="/x?a=\"&b='") for text in HOSTILE]
    columns = [Column(text) for text in HOSTILE[:3]]
    return ListPage(HOSTILE[0], Table(HOSTILE[1], columns, rows, ""), chips=[Chip(text, "/x") for text in HOSTILE])


def _one(say: Saying) -> ListPage:
    columns = [Column(say("Gün", "Day", "День")), Column(say("Xidmət", "Service", "Услуга"))]
    words = say("Psixoloji yardım", "Psychological help", "Психологическая помощь")
    title = say("Göstərilən xidmətlər", "Services given", "Оказанные услуги")
    return ListPage(title, Table(title, columns, [Row([day(say), Cell(words)])], ""), _filters(say), _chips(say))


def _choosing(say: Saying) -> ListPage:
    """One act on several rows; the last row is none of them."""
    full = _full(say)
    rows = [replace(one, choice=None if number == 7 else str(number)) for number, one in enumerate(full.table.rows)]
    submit = say("Seçilənləri oxunmuş kimi qeyd et", "Mark the chosen as read", "Отметить выбранное прочитанным")
    about = [(say("Dövr", "Period", "Период"), Cell(say("Son 7 gün", "Last 7 days", "Последние 7 дней")))]
    table = replace(full.table, rows=rows)
    return replace(
        full,
        table=table,
        choosing=Choosing(
            "/patterns/list-choosing", "made-up", submit, say("Hamısını qeyd et", "Mark all", "Отметить все")
        ),
        about=about,
    )


def _groups(say: Saying) -> ListPage:
    full = _full(say)
    captions = (say("Vaxtı keçib", "Overdue", "Просрочено"), say("Bu gün", "Today", "Сегодня"))
    groups = [replace(full.table, caption=one, rows=full.table.rows[:2]) for one in captions]
    return replace(full, groups=groups, filters=(), first=None)


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "list": _full,
    "list-empty": _empty,
    "list-nothing-matches": _filtered,
    "list-one": _one,
    "list-choosing": _choosing,
    "list-groups": _groups,
    "list-hostile": _hostile,
}
