"""Forms: every kind of question, with errors, refused, grave, beside facts, hostile."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.patterns.saying import HOSTILE, Saying, day, money, tag, unknown
from staffui.view import (
    Cell,
    ChoicePage,
    Column,
    Differences,
    Field,
    FormPage,
    Link,
    Option,
    Refusal,
    Row,
    Table,
    When,
)


def _reasons(say: Saying) -> list[Option]:
    return [
        Option("recovery", say("Sağalma", "Recovery", "Восстановление")),
        Option(
            "proceedings",
            say("Cinayət prosesində iştirak", "Taking part in proceedings", "Участие в уголовном процессе"),
        ),
        Option("no_safe_place", say("Getməyə təhlükəsiz yer yoxdur", "No safe place to go", "Нет безопасного места")),
    ]


def _fields(say: Saying) -> list[Field]:
    hint = say(
        "Bir neçə söz kifayətdir. Ad yazmayın.",
        "A few words are enough. Write no names.",
        "Достаточно нескольких слов. Не пишите имён.",
    )
    many = [Option(f"n{number}", say(f"Bölgə {number}", f"Region {number}", f"Регион {number}")) for number in range(9)]
    return [
        Field("yes_no", "granted", say("Uzadılsın?", "Extend?", "Продлить?")),
        Field(
            "yes_no",
            "interpreter",
            say("Tərcüməçi lazımdır?", "Is an interpreter needed?", "Нужен переводчик?"),
            optional=True,
        ),
        Field("radios", "reason", say("Səbəb", "Reason", "Причина"), options=_reasons(say)),
        Field("checkboxes", "needs", say("Ehtiyaclar", "Needs", "Потребности"), options=_reasons(say), optional=True),
        Field("select", "region", say("Bölgə", "Region", "Регион"), options=many),
        Field(
            "date",
            "ends_on",
            say("Son gün", "Last day", "Последний день"),
            hint=say("Məsələn, 27.12.2026", "For example, 27 12 2026", "Например, 27.12.2026"),
        ),
        Field("number", "nights", say("Neçə gecə", "How many nights", "Сколько ночей")),
        Field(
            "money",
            "amount_qepik",
            say("Məbləğ", "Amount", "Сумма"),
            hint=say("Məsələn, 12,50", "For example, 12.50", "Например, 12,50"),
        ),
        Field(
            "text", "paper", say("Sənədin nömrəsi", "Number of the paper", "Номер документа"), optional=True, most=40
        ),
        Field("area", "note", say("Qeyd", "Note", "Примечание"), hint=hint, optional=True, most=2000),
        Field("hidden", "of", "", value="x"),
    ]


def _form(say: Saying) -> FormPage:
    return FormPage(
        title=say("Müddətin uzadılmasını istə", "Request an extension", "Запросить продление срока"),
        back=Link("07EJ-E7JA", "/stays/1"),
        action="/patterns/form",
        key="made-up",
        submit=say("Sorğunu göndər", "Send the request", "Отправить запрос"),
        fields=_fields(say),
        when=When(),
        version=3,
    )


def _errors(say: Saying) -> FormPage:
    error = say("Bu suala cavab verin", "Answer this question", "Ответьте на этот вопрос")
    late = say("Bu vaxt hələ gəlməyib", "This time has not come yet", "Это время ещё не наступило")
    fields = [replace(field, error=error) for field in _fields(say) if field.kind != "hidden"]
    return replace(_form(say), fields=fields, when=When("day", "25:61", ("31", "2", "2026"), late))


def _refused(say: Saying) -> FormPage:
    refusal = Refusal(
        say("Heç nə dəyişdirilmədi", "Nothing was changed", "Ничего не изменено"),
        [
            say("4-cü çarpayı 14:31-də tutulub.", "Bed 4 was taken at 14:31.", "Место 4 занято в 14:31."),
            say("Başqa yer seçin.", "Choose another bed.", "Выберите другое место."),
        ],
        "bed_taken",
        [Link(say("Boş yerlərə bax", "See free beds", "Посмотреть свободные места"), "/board")],
    )
    fields = [replace(field, value="3") if field.kind == "number" else field for field in _fields(say)[5:8]]
    return replace(_form(say), refusal=refusal, fields=fields, when=When("today", "09:30"))


def _stale(say: Saying) -> FormPage:
    """Somebody else was faster: both answers stand side by side."""
    labels = [
        say("Sual", "Question", "Вопрос"),
        say("Sizin yazdığınız", "Yours", "Ваше"),
        say("İndi sistemdə olan", "Now stored", "Сохранено сейчас"),
    ]
    rows = [
        Row([Cell(say("Məbləğ", "Amount", "Сумма")), Cell("12,50"), Cell("1 234,50")]),
        Row([Cell(say("Qeyd", "Note", "Примечание")), Cell(HOSTILE[4]), unknown(say)]),
    ]
    title = say(
        "Məlumat Siz açandan sonra dəyişib",
        "The record changed after you opened it",
        "После открытия данные изменились",
    )
    by = say(
        "Dəyişən: sığınacağın rəhbəri, Parlaq Sabah, 28.11.2026, 14:32",
        "Changed by: manager of a shelter, Bright Morning, 28 November 2026, 14:32",
        "Кто изменил: руководство приюта, «Ясное утро», 28.11.2026, 14:32",
    )
    table = Table(title, [Column(label) for label in labels], rows, "")
    return replace(_refused(say), differences=Differences(table, by))


def _draft(say: Saying) -> FormPage:
    saved = say(
        "Qaralama saxlanılıb: 28.11.2026, 14:32. Heç nə göndərilməyib.",
        "Draft saved: 28 November 2026, 14:32. Nothing was sent yet.",
        "Черновик сохранён: 28.11.2026, 14:32. Ничего ещё не отправлено.",
    )
    fields = [replace(field, value="12,50") if field.kind == "money" else field for field in _fields(say)[6:9]]
    return replace(_form(say), fields=fields, saved=saved)


def _grave(say: Saying) -> FormPage:
    """A decision beside the facts on which it rests."""
    about = [
        (say("Müraciət", "Reference", "Обращение"), Cell("07EJ-E7JA", href="/stays/1")),
        (
            say("Vəziyyət", "State", "Состояние"),
            tag(say("Qərar gecikir", "Overdue a decision", "Решение просрочено"), "late"),
        ),
        (say("Son gün", "Last day", "Последний день"), day(say)),
        (say("Tərcüməçi", "Interpreter", "Переводчик"), unknown(say)),
        (say("Xərc", "Cost", "Расход"), money(say)),
    ]
    return replace(
        _form(say),
        title=say("Gedişi qeydə al", "Record the departure", "Записать отъезд"),
        submit=say("Gedişi qeydə al", "Record the departure", "Записать отъезд"),
        fields=_fields(say)[2:3],
        about=about,
        grave=True,
    )


def _only_when(say: Saying) -> FormPage:
    return replace(_form(say), fields=(), when=When("today"))


def _hostile(say: Saying) -> FormPage:
    options = [Option(text, text, chosen=True) for text in HOSTILE]
    fields = [
        Field("text", "a", HOSTILE[0], hint=HOSTILE[2], error=HOSTILE[4], value=HOSTILE[2]),
        Field("area", "b", HOSTILE[1], value="\n</textarea><script>alert(1)</script>"),
        Field("checkboxes", "c", HOSTILE[3], options=options),
        Field("select", "d", HOSTILE[4], options=options),
    ]
    refusal = Refusal(HOSTILE[0], HOSTILE, HOSTILE[4], [Link(HOSTILE[2], '/x"y')])
    about = [(text, Cell(text)) for text in HOSTILE]
    return replace(_form(say), title=HOSTILE[4], fields=fields, refusal=refusal, about=about, submit=HOSTILE[0])


def _choice(say: Saying) -> ChoicePage:
    roles = [
        Option("manager", say("Sığınacağın rəhbəri", "Manager of a shelter", "Руководство приюта"), chosen=True),
        Option("worker", say("Sığınacağın əməkdaşı", "Shelter worker", "Работа в приюте")),
        Option("placement", say("Yerləşdirmə üzrə mütəxəssis", "Placement", "Размещение")),
    ]
    title = say("Hansı vəzifədə işləyirsiniz?", "In which role do you act?", "В какой роли Вы работаете?")
    hint = say(
        "Seçim hər addımda qeydə alınır.", "Each act records the choice.", "Выбор записывается при каждом действии."
    )
    return ChoicePage(title, "/me/role", "role", roles, say("Davam et", "Continue", "Продолжить"), hint)


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "form": _form,
    "form-errors": _errors,
    "form-refused": _refused,
    "form-stale": _stale,
    "form-draft": _draft,
    "form-grave": _grave,
    "form-only-when": _only_when,
    "form-hostile": _hostile,
    "choice": _choice,
}
