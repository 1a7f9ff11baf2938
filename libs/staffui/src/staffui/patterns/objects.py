"""Objects: in the middle of their way, late, hardly anything known, history unread, hostile."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.patterns.lists import row
from staffui.patterns.saying import HOSTILE, Saying, clock, day, moment, money, tag, unknown
from staffui.view import (
    Acknowledgements,
    Act,
    Card,
    Cell,
    Clock,
    Column,
    Hand,
    Impossible,
    Link,
    ObjectPage,
    PastDay,
    PastItem,
    Row,
    Section,
    Step,
    Table,
)

_DUE = "2026-12-27T23:59:00+04:00"


def _steps(say: Saying) -> list[Step]:
    return [
        Step(say("Sorğu göndərilib", "Requested", "Запрошено"), "before", "25.11.2026"),
        Step(say("Yer təklif edilib", "Place offered", "Место предложено"), "before", "26.11.2026"),
        Step(say("Qəbul edilib", "Admitted", "Заселение состоялось"), "now", "27.11.2026"),
        Step(say("Başa çatıb", "Ended", "Завершено"), "after"),
    ]


def _clocks(say: Saying) -> list[Clock]:
    due = say("Son tarix: 27.12.2026, 23:59", "Due: 27 December 2026, 23:59", "Срок: 27.12.2026, 23:59")
    return [
        Clock(
            say("2 gün keçib", "2 days over", "Просрочено на 2 дня"),
            say("Qərarın müddəti", "Decision", "Решение"),
            "late",
            due,
            _DUE,
        ),
        Clock(
            say("30 gün qalıb", "30 days left", "Осталось 30 дней"),
            say("Qalma müddəti", "Stay", "Пребывание"),
            "plain",
            due,
            _DUE,
        ),
        Clock(
            say("Vaxtında yerinə yetirilib", "Met", "Выполнено в срок"),
            say("Təklifin müddəti", "Offer of a place", "Предложение места"),
            "good",
            due,
            _DUE,
        ),
        Clock(
            say("Gec yerinə yetirilib", "Met, entered late", "Выполнено с опозданием"),
            say("İlkin ehtiyacların qiymətləndirilməsi", "First assessment of needs", "Первичная оценка потребностей"),
            "warns",
            due,
            _DUE,
        ),
    ]


def _acts(say: Saying) -> list[Act]:
    return [
        Act(
            say("Gəlişi qeydə al", "Record the arrival", "Записать прибытие"),
            "/stays/1/arrive",
            post="/stays/1/arrive",
            key="k1",
            version=3,
        ),
        Act(say("Müddətin uzadılmasını istə", "Request an extension", "Запросить продление срока"), "/stays/1/extend"),
        Act(say("Göstərilən xidməti qeydə al", "Record a service", "Записать услугу"), "/stays/1/serve"),
        Act(
            say("Yeri istifadədən çıxar", "Take the bed out of use", "Вывести место из использования"),
            "/stays/1/close",
            grave=True,
        ),
    ]


def _impossible(say: Saying) -> list[Impossible]:
    return [
        Impossible(
            say("Dəstəyi ötür", "Hand over support", "Передать сопровождение"),
            say(
                "Bunun üçün razılıq lazımdır. Razılığı işi aparan əməkdaş qeydə alır.",
                "This needs a consent. The caseworker records it.",
                "Для этого нужно согласие. Его записывает ведущий дело специалист.",
            ),
        ),
        Impossible(
            say("Gedişi qeydə al", "Record the departure", "Записать отъезд"),
            say("Şəxs hələ gəlməyib.", "The person has not arrived yet.", "Человек ещё не прибыл."),
        ),
    ]


def _cards(say: Saying) -> list[Card]:
    return [
        Card(
            say("Nə lazımdır", "What is needed", "Что нужно"),
            [
                (say("Kateqoriya", "Category", "Категория"), Cell(say("Böyük", "Adult", "Взрослые"))),
                (say("Əlçatanlıq", "Accessibility", "Доступность"), unknown(say)),
                (
                    say("Ehtiyaclar", "Needs", "Потребности"),
                    Cell(
                        "",
                        "list",
                        items=[
                            say("Sürdotərcüməçi", "Sign language interpreter", "Сурдоперевод"),
                            say(
                                "Uzunmüddətli psixoloji reabilitasiya",
                                "Long psychological care",
                                "Долгая психологическая помощь",
                            ),
                        ],
                    ),
                ),
            ],
        ),
        Card(
            say("Qalma", "Stay", "Пребывание"),
            [
                (say("Yer", "Bed", "Место"), Cell(say("Çarpayı 1.1", "Bed 1.1", "Место 1.1"), href="/beds/1")),
                (say("Başlanğıc", "From", "Начало"), moment(say)),
                (
                    say("Son gün", "Until", "Последний день"),
                    clock(say("30 gün qalıb", "30 days left", "Осталось 30 дней"), "waits"),
                ),
                (say("Şərtsiz qalmanın son günü", "Unconditional until", "Без условий до"), day(say)),
                (say("Xərc", "Cost", "Расход"), money(say)),
            ],
        ),
    ]


def _acknowledged(say: Saying) -> Acknowledgements:
    columns = [Column(say("Qurum", "Agency", "Ведомство")), Column(say("Təsdiq", "Acknowledged", "Подтверждение"))]
    waits = clock(say("2 saatdır gözləyir", "waiting for 2 h", "ожидает 2 ч"), "late")
    rows = [
        Row([Cell(say("Yardım Fondu", "Aid Fund", "Фонд помощи")), waits]),
        Row([Cell(say("Miqrasiya Xidməti", "Migration Service", "Миграционная служба")), moment(say)]),
        Row([Cell(say("Sığınacaq", "Shelter", "Приют")), moment(say)]),
    ]
    caption = say(
        "Razılığın geri götürülməsini kim təsdiqləyib",
        "Who has acknowledged the withdrawal",
        "Кто подтвердил отзыв согласия",
    )
    return Acknowledgements(2, 3, Table(caption, columns, rows, ""))


def _table(say: Saying) -> Table:
    columns = [
        Column(say("Müraciət", "Reference", "Обращение")),
        Column(say("Vəziyyət", "State", "Состояние")),
        Column(say("Səbəb", "Reason", "Причина")),
        Column(say("Dəfə", "Times", "Раз"), numeric=True),
        Column(say("Nə vaxt", "When", "Когда")),
    ]
    rows = [Row(row(say, number).cells[:5]) for number in range(2)]
    return Table(say("Müddətin uzadılması", "Extensions", "Продление срока"), columns, rows, "")


def _past(say: Saying) -> list[PastDay]:
    by = say("Sığınacağın rəhbəri, “Parlaq Sabah”", "Manager, Bright Morning", "Руководство, «Ясное утро»")
    served = PastItem(
        "11:26",
        "2026-11-27T11:26:00+04:00",
        say("Xidmət göstərilib", "Service recorded", "Услуга записана"),
        by,
        entered=say("28.11.2026, 09:07", "28 November 2026, 09:07", "28.11.2026, 09:07"),
        facts=[(say("Xidmət", "Service", "Услуга"), say("Hüquqi yardım", "Legal help", "Правовая помощь"))],
    )
    came = PastItem("09:15", "2026-11-27T09:15:00+04:00", say("Qəbul edilib", "Admitted", "Заселение записано"), by)
    asked = PastItem(
        "16:40", "2026-11-25T16:40:00+04:00", say("Yer istənilib", "Place requested", "Место запрошено"), by
    )
    return [
        PastDay(say("27.11.2026", "27 November 2026", "27.11.2026"), [served, came]),
        PastDay(say("25.11.2026", "25 November 2026", "25.11.2026"), [asked]),
    ]


def middle(say: Saying) -> ObjectPage:
    return ObjectPage(
        title="07EJ-E7JA",
        state=tag(say("Qalır", "Stays", "Проживание"), "good"),
        back=Link(say("Qalmalar", "Stays", "Пребывания"), "/stays"),
        steps=_steps(say),
        person=[
            Cell(say("Böyük", "Adult", "Взрослые")),
            Cell(say("Qadın", "Woman", "Женский пол")),
            Cell(say("Azərbaycan dili", "Azerbaijani", "Азербайджанский язык")),
            tag(say("Mühafizə olunur", "Protected", "Под защитой"), "warns"),
        ],
        clocks=_clocks(say),
        acts=_acts(say),
        impossible=_impossible(say),
        cards=_cards(say),
        tables=[_table(say)],
        past=_past(say),
    )


def _late(say: Saying) -> ObjectPage:
    warning = say(
        "Qalmanın müddəti 60 gündən çoxdur. Bu, xəbərdarlıqdır və heç nəyə mane olmur.",
        "The stay is longer than 60 days. This is a warning and blocks nothing.",
        "Пребывание длится дольше 60 дней. Это предупреждение, оно ничему не мешает.",
    )
    state = tag(say("Qərar gecikir", "Overdue a decision", "Решение просрочено"), "late")
    return replace(middle(say), state=state, warnings=[warning], acknowledgements=[_acknowledged(say)], person=())


def _bare(say: Saying) -> ObjectPage:
    empty = Table(say("Xidmətlər", "Services", "Услуги"), [], [], say("Hələ yoxdur.", "None yet.", "Пока нет."))
    return ObjectPage(
        title="1ADZ-0000",
        state=tag(say("Başa çatıb", "Ended", "Завершено"), "off"),
        back=Link(say("Qalmalar", "Stays", "Пребывания"), "/stays"),
        tables=[empty],
    )


def _related(say: Saying) -> ObjectPage:
    """Two lists about the same, one of which could not be read, and no history."""
    lists = [Section(_table(say)), Section(_table(say), unread=True)]
    ways = [Link(say("Uyğun yerlər", "Places that fit", "Подходящие места"), "/stays/1/places")]
    return replace(middle(say), related=lists, ways=ways, past=None, tables=(), impossible=())


def _unread(say: Saying) -> ObjectPage:
    return replace(middle(say), past=(), past_unread=True, acts=(), tables=(), steps=())


def _hostile(say: Saying) -> ObjectPage:
    text = HOSTILE[4]
    return replace(
        middle(say),
        title=HOSTILE[1],
        state=tag(text, "warns"),
        person=[Cell(one) for one in HOSTILE],
        warnings=HOSTILE,
        acts=[Act(one, "/x?a=\"'") for one in HOSTILE],
        cards=[Card(HOSTILE[0], [(text, Cell(text)), (HOSTILE[2], Cell("", "list", items=HOSTILE))])],
        hands=[Hand(one, one, not_you=one, bound=one) for one in HOSTILE],
        steps=[Step(one, "now" if number == 4 else "after") for number, one in enumerate(HOSTILE)],
    )


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "object": middle,
    "object-late": _late,
    "object-bare": _bare,
    "object-unread": _unread,
    "object-related": _related,
    "object-hostile": _hostile,
}
