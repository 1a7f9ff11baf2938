"""Messages: errors, a question with one button, signed out, a session about to end."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from staffui.catalogue import LANGUAGES, NAMES
from staffui.patterns.saying import Saying, day, money
from staffui.view import AsPdf, Card, Cell, Column, Link, MessagePage, PaperPage, Row, Table


def _to_start(say: Saying) -> Link:
    return Link(say("Əsas səhifəyə keç", "Go to the start page", "Перейти на главную страницу"), "/")


def _not_found(say: Saying) -> MessagePage:
    words = say(
        "Belə səhifə yoxdur və ya sizin ona girişiniz yoxdur.",
        "Not found, or you do not have access.",
        "Такой страницы нет, или у Вас нет к ней доступа.",
    )
    return MessagePage(
        say("Səhifə tapılmadı", "Page not found", "Страница не найдена"), [words], "not_found", links=[_to_start(say)]
    )


def _failed(say: Saying) -> MessagePage:
    words = say(
        "Yazdıqlarınız saxlanılıb. Bir az sonra yenidən cəhd edin.",
        "What you have typed is stored. Try again in a while.",
        "Введённое сохранено. Попробуйте ещё раз немного позже.",
    )
    title = say("Burada nəsə düzgün getmədi", "Something went wrong here", "Здесь что-то пошло не так")
    return MessagePage(title, [words], "internal_error", "4bf92f3577b34da6a3ce929d0e0e4736", [_to_start(say)])


def _question(say: Saying) -> MessagePage:
    words = say("Yenidən daxil olun.", "Sign in again.", "Войдите снова.")
    button = say("Bütün cihazlardan çıx", "Sign out everywhere", "Выйти на всех устройствах")
    title = say("Bütün cihazlardan çıxılsın?", "Sign out everywhere?", "Выйти на всех устройствах?")
    return MessagePage(title, [words], links=[_to_start(say)], post=("/patterns/message-question", button))


def _shown_once(say: Saying) -> MessagePage:
    facts = [
        (say("Ödəniş tapşırığı", "Payment order", "Платёжное поручение"), Cell("PO-2026-000123")),
        (say("Məbləğ", "Amount", "Сумма"), money(say)),
        (say("Son gün", "Last day", "Последний день"), day(say)),
    ]
    words = say("Bu məlumat bir dəfə göstərilir.", "This is shown once.", "Эти сведения показываются один раз.")
    title = say("Ödəniş üçün məlumat", "Data for the payment", "Данные для платежа")
    return MessagePage(title, [words], links=[_to_start(say)], facts=facts)


def _paper(say: Saying) -> PaperPage:
    facts = [
        (say("Orqan", "Authority", "Орган"), Cell(say("Baş İdarə", "Main department", "Главное управление"))),
        (say("Səbəblər", "Reasons", "Причины"), Cell("", "list", items=(say("Birinci", "First", "Первая"), "2"))),
        (say("Son gün", "Last day", "Последний день"), day(say)),
    ]
    columns = [Column(say("Növ", "Kind", "Вид")), Column(say("Məbləğ", "Amount", "Сумма"), numeric=True)]
    table = Table(say("Məbləğlər", "Amounts", "Суммы"), columns, [Row([Cell("Ə"), money(say)])], "")
    here = "/patterns/paper"
    return PaperPage(
        title=say("Əsaslandırılmış qərar", "Reasoned decision", "Мотивированное решение"),
        sentences=[say("Şikayət edə bilərsiniz.", "You can appeal.", "Решение можно обжаловать.")],
        points=[say("Birinci bənd", "First point", "Первый пункт"), say("İkinci", "Second", "Второй")],
        cards=[Card(say("Qərar", "Decision", "Решение"), facts)],
        tables=[table],
        signed=[say("Qəbul etdi (imza, tarix):", "Received by (signature, date):", "Принял (подпись, дата):")],
        dated=datetime(2026, 11, 28, tzinfo=UTC),
        author="Himayə",
        about="K7F3-XA9M",
        foot=say("İşçi · 28.11.2026, 12:01", "Worker · 28 November 2026, 12:01", "Сотрудник · 28.11.2026, 12:01"),
        links=[Link("K7F3-XA9M", "/patterns/object-stay")],
        pdf=[AsPdf(language, NAMES[language], f"{here}?pdf={language}") for language in LANGUAGES],
    )


def _signed_out(say: Saying) -> MessagePage:
    words = say(
        "Bütün xidmətlərdə seansınız başa çatdı.",
        "Your session has ended in every service.",
        "Ваш сеанс завершён во всех службах.",
    )
    title = say("Sistemdən çıxdınız", "You are signed out", "Вы вышли из системы")
    return MessagePage(title, [words], links=[Link(say("Daxil ol", "Sign in", "Войти"), "/sign-in")])


PATTERNS: Mapping[str, Callable[[Saying], object]] = {
    "message-404": _not_found,
    "message-500": _failed,
    "message-question": _question,
    "message-facts": _shown_once,
    "message-signed-out": _signed_out,
    "message-session": _not_found,
    "paper": _paper,
}
