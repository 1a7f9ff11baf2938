"""`/patterns`: every component in every state, on made-up pages. Only where no case is real; nobody signs in."""

from dataclasses import replace

from chassis.errors import NotFound
from starlette.requests import Request
from starlette.responses import Response

from staffui import patterns
from staffui.answers import Answers
from staffui.visit import language_of


class MadeUp:
    """The made-up pages in the reader's language."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def index(self, request: Request) -> Response:
        """All of them by name."""
        return self._answers.plain(request, patterns.index(language_of(request)))

    async def one(self, request: Request) -> Response:
        """The one of this name; NotFound for none."""
        name, language = str(request.path_params["name"]), language_of(request)
        if name not in patterns.PATTERNS:
            raise NotFound()
        shell = replace(patterns.shell(name, language), here=request.url.path)
        return self._answers.drawn(patterns.page(name, language), shell)
