"""A question of a form before it is drawn: what it posts, and its place in the API's body."""

from collections.abc import Sequence
from dataclasses import dataclass

from staffui.view import FieldKind, Option


@dataclass(frozen=True)
class Question:
    """A field of a command. `sent` is its place in the body of the API; dots lead into nested objects."""

    name: str
    sent: str
    kind: FieldKind
    codes: Sequence[str] = ()
    optional: bool = False
    most: int | None = None
    default: str = ""
    """What is chosen before anybody chooses."""
    label: str = ""
    """In the reader's language, where no key of the catalogue has it."""
    hint: str = ""
    options: Sequence[Option] = ()
    """Likewise: the choices with their words."""
    days: bool = False
    """Several days, one a line."""
    to_end_of_day: bool = False
    """A moment that is entered as a day, and is the end of it."""
    or_null: bool = False
    """The nested object around it is sent as null where nothing in it is filled in."""
