"""Made-up pages in every state, for `/patterns`, the pictures and the tests of the look.

Nothing in them is real: no person, no case, no place. Words are longer than those of the services.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from staffui.catalogue import LANGUAGES, NAMES, Language
from staffui.patterns import boards, forms, hands, lists, messages, objects, starts
from staffui.patterns.saying import Saying
from staffui.view import Language as LanguageButton
from staffui.view import Link, Section, Shell, StartPage, Table

Pattern = Callable[[Saying], object]

PATTERNS: Mapping[str, Pattern] = {
    **lists.PATTERNS,
    **objects.PATTERNS,
    **hands.PATTERNS,
    **forms.PATTERNS,
    **boards.PATTERNS,
    **starts.PATTERNS,
    **messages.PATTERNS,
}
SIGNED_OUT = frozenset({"message-signed-out"})
"""Pages of somebody who is not signed in."""
ENDING = frozenset({"message-session"})
"""Pages whose session is about to end."""


def page(name: str, language: Language) -> object:
    """The made-up page of this name; KeyError for none."""
    return PATTERNS[name](Saying(language))


def index(language: Language) -> StartPage:
    """All patterns by name."""
    links = [Link(name, f"/patterns/{name}") for name in PATTERNS]
    return StartPage("Patterns", [Section(Table("Patterns", [], [], "Made-up pages in every state."))], links=links)


def shell(name: str, language: Language) -> Shell:
    """The frame of a made-up page: several services, several roles, unread messages."""
    say = Saying(language)
    bare = Shell(
        language=language,
        service=say("Sığınacaq", "Shelter", "Приют"),
        here=f"/patterns/{name}",
        languages=[LanguageButton(code, NAMES[code], code == language) for code in LANGUAGES],
        demo=True,
    )
    if name in SIGNED_OUT:
        return bare
    return replace(
        bare,
        token="made-up",  # noqa: S106 - guards nothing
        person="demo-rehber-1",
        agency_and_role=say(
            "“Parlaq Sabah” · Sığınacağın rəhbəri", "Bright Morning · Manager", "«Ясное утро» · Руководство"
        ),
        several_roles=True,
        services=_services(say),
        navigation=_navigation(say),
        ends_at="14:52",
        ends_in=150 if name in ENDING else 1200,
        inbox="/inbox",
        search="/search",
        unread=None if name == "start-unread" else 3,
        exit_keys=True,
        notice=say("Qəbul qeydə alındı.", "The arrival is recorded.", "Заселение записано.")
        if name == "object"
        else None,
        foot=_foot(say),
    )


def _services(say: Saying) -> list[Link]:
    return [
        Link(say("Eyniləşdirmə", "Identification", "Идентификация"), "/1"),
        Link(say("Sığınacaq", "Shelter", "Приют"), "/", current=True),
        Link(say("Yardım Fondu", "Fund", "Фонд помощи"), "/3"),
        Link(say("Könüllü qayıdış", "Voluntary return", "Добровольное возвращение"), "/4"),
    ]


def _navigation(say: Saying) -> list[Link]:
    return [
        Link(say("Mənim işim", "My work", "Моя работа"), "/"),
        Link(say("Qalmalar", "Stays", "Пребывания"), "/stays", current=True),
        Link(say("Çarpayılar", "Beds", "Места"), "/board"),
        Link(say("Dəstəyin ötürülməsi", "Hand-overs", "Передача сопровождения"), "/handovers"),
        Link(say("İstifadədən çıxarılmış yerlər", "Beds out of use", "Места вне использования"), "/closures"),
    ]


def _foot(say: Saying) -> list[Link]:
    return [
        Link(say("Kömək", "Help", "Помощь"), "/help"),
        Link(say("Əlçatanlıq", "Accessibility", "Доступность"), "/accessibility"),
        Link(say("Təhlükəsizlik üzrə məsləhət", "Safety advice", "Советы по безопасности"), "/safety"),
    ]
