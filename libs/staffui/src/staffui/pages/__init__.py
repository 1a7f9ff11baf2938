"""Pages as a service declares them: addresses of its API, and fields in their order.

Fields are checked against the answer’s model when the service starts, so a page never shows a field that is not there.
"""

from staffui.pages.fields import Chart, Draw, Facts, Kind, Shown, shown
from staffui.pages.forms import PLAIN, Choices, Draws, Fields, Form, Makes, Previews, Sends, Start, Typed
from staffui.pages.lists import About, Figures, Leads, List, Many, Part, Search
from staffui.pages.objects import Object, Paper, Ways
from staffui.pages.site import Board, Pages, Report

__all__ = [
    "PLAIN",
    "About",
    "Board",
    "Chart",
    "Choices",
    "Draw",
    "Draws",
    "Facts",
    "Fields",
    "Figures",
    "Form",
    "Kind",
    "Leads",
    "List",
    "Makes",
    "Many",
    "Object",
    "Pages",
    "Paper",
    "Part",
    "Previews",
    "Report",
    "Search",
    "Sends",
    "Shown",
    "Start",
    "Typed",
    "Ways",
    "shown",
]
