"""What the templates draw: every text is in the reader’s language and every address is whole.

Nothing here knows a service. A template adds no meaning: it gives a `Cell` its look by `kind` and `tone`.
"""

from staffui.view.boards import Bed, BoardPage, Night, Room
from staffui.view.forms import Differences, Field, FieldKind, FormPage, Preview, Refusal, When
from staffui.view.frame import Language, Link, Shell
from staffui.view.messages import ChoicePage, MessagePage
from staffui.view.objects import Acknowledgements, Act, Clock, Hand, Impossible, ObjectPage, PastDay, PastItem, Step
from staffui.view.papers import PaperPage
from staffui.view.tables import (
    AsPdf,
    Card,
    Cell,
    CellKind,
    Chip,
    Choosing,
    Column,
    Figure,
    Filter,
    ListPage,
    Option,
    ReportPage,
    Row,
    Section,
    StartPage,
    Table,
    Tone,
)

__all__ = [
    "Acknowledgements",
    "Act",
    "AsPdf",
    "Bed",
    "BoardPage",
    "Card",
    "Cell",
    "CellKind",
    "Chip",
    "ChoicePage",
    "Choosing",
    "Clock",
    "Column",
    "Differences",
    "Field",
    "FieldKind",
    "Figure",
    "Filter",
    "FormPage",
    "Hand",
    "Impossible",
    "Language",
    "Link",
    "ListPage",
    "MessagePage",
    "Night",
    "ObjectPage",
    "Option",
    "PaperPage",
    "PastDay",
    "PastItem",
    "Preview",
    "Refusal",
    "ReportPage",
    "Room",
    "Row",
    "Section",
    "Shell",
    "StartPage",
    "Step",
    "Table",
    "Tone",
    "When",
]
