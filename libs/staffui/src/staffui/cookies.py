"""The cookies of the pages. Their names carry the service, because on one machine cookies ignore ports."""

from starlette.requests import Request
from starlette.responses import Response

from staffui.settings import PagesSettings

_A_YEAR = 366 * 24 * 3600


class Cookies:
    def __init__(self, service: str, settings: PagesSettings) -> None:
        self._secure = settings.is_secure
        prefix = "__Host-" if settings.is_secure else ""
        self._session = f"{prefix}himaya_{service}"
        self._attempt = f"{prefix}himaya_{service}_sign_in"

    def session(self, request: Request) -> str | None:
        return request.cookies.get(self._session)

    def attempt(self, request: Request) -> str | None:
        return request.cookies.get(self._attempt)

    def set_session(self, response: Response, value: str) -> None:
        """Until the browser closes; the server decides when the session is over."""
        self._set(response, self._session, value)

    def set_attempt(self, response: Response, value: str) -> None:
        self._set(response, self._attempt, value, max_age=600)

    def clear(self, response: Response) -> None:
        for name in (self._session, self._attempt):
            response.delete_cookie(name, secure=self._secure, httponly=True, samesite="lax")

    def clear_attempt(self, response: Response) -> None:
        response.delete_cookie(self._attempt, secure=self._secure, httponly=True, samesite="lax")

    def set_for_a_year(self, response: Response, name: str, value: str) -> None:
        self._set(response, name, value, max_age=_A_YEAR)

    def _set(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        response.set_cookie(name, value, max_age=max_age, secure=self._secure, httponly=True, samesite="lax")
