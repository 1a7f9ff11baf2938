"""What can be chosen in a form where the command has a text with a list of known codes."""

from collections.abc import Callable, Collection, Mapping, Sequence

from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import Choices
from staffui.view import Option


def one_of(field: str, known: Collection[str] | Callable[[], Collection[str]]) -> Choices:
    """These codes in the words of the field; a function gives those of the day."""

    async def choices(_asked: Asked, _ids: Mapping[str, str], language: Language) -> Sequence[Option]:
        codes = known() if callable(known) else known
        return [Option(code, words_of.code(language, field, code)) for code in codes]

    return choices
