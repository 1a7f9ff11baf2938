"""What can be chosen in several forms of shelter."""

from collections.abc import Iterable, Sequence

from staffui import words_of
from staffui.catalogue import Language
from staffui.view import Option


def by_name(language: Language, agencies: Iterable[str]) -> Sequence[Option]:
    """Agencies to choose from, in the order of their names."""
    options = [Option(code, words_of.agency(language, code)) for code in agencies]
    return sorted(options, key=lambda option: option.text)
