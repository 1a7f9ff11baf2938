"""From a view to HTML: the Jinja environments, the template of each page, the addresses of static files.

Our own templates fail on a name that is not there. The macros of GOV.UK Frontend rely on missing names being nothing,
so they live in an environment of their own, and ours gets them as functions. Both escape everything.
"""

import json
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Protocol

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, StrictUndefined, Template

from staffui.catalogue import LANGUAGES, Language, text
from staffui.view import (
    BoardPage,
    ChoicePage,
    Field,
    FormPage,
    ListPage,
    MessagePage,
    ObjectPage,
    PaperPage,
    ReportPage,
    Shell,
    StartPage,
)

STATIC = "/static/"
_TEMPLATES: Mapping[type, str] = {
    BoardPage: "board.html",
    ChoicePage: "choice.html",
    FormPage: "form.html",
    ListPage: "list.html",
    MessagePage: "message.html",
    ObjectPage: "object.html",
    PaperPage: "paper.html",
    ReportPage: "report.html",
    StartPage: "start.html",
}
_ENDLESS = 28
"""Letters of a word that may break anywhere; ordinary words of our languages are shorter."""
_TYPED = (ChoicePage, FormPage)
"""Pages whose form must survive a change of language (C16)."""
_PACKAGE = "govuk_frontend_jinja"
MACROS = {
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "error-summary": "govukErrorSummary",
    "input": "govukInput",
    "radios": "govukRadios",
    "select": "govukSelect",
    "skip-link": "govukSkipLink",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}


class Words(Protocol):
    """The words of a key in one language."""

    def __call__(self, key: str, **variables: object) -> str: ...


class NotBuilt(LookupError):
    """There are no static files: `make setup` builds them."""


def draw(page: object, shell: Shell) -> str:
    """The whole page; the template follows from the view's class."""
    language = shell.language if shell.language in LANGUAGES else LANGUAGES[0]
    template = _environment(language).get_template(_TEMPLATES[type(page)])
    return template.render(page=page, shell=shell, typed=isinstance(page, _TYPED))


@cache
def _environment(language: Language) -> Environment:
    return environment(partial(text, language), language)


def environment(t: Words, language: str) -> Environment:
    """The environment of our templates in one language. `t` gives the words of a key."""
    made = Environment(
        loader=PackageLoader("staffui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(macros(), t=t, language=language, asset=asset)
    made.tests["endless"] = _is_endless
    made.globals.update(chosen_of=chosen_of, hint=_hint, error=partial(_error, t))
    return made


@cache
def macros() -> Mapping[str, object]:
    """The macros of GOV.UK Frontend that we use, by their own names."""
    theirs = Environment(
        loader=PrefixLoader({_PACKAGE: PackageLoader(_PACKAGE)}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {name: getattr(_module(theirs, folder), name) for folder, name in MACROS.items()}


def _module(theirs: Environment, folder: str) -> object:
    template: Template = theirs.get_template(f"{_PACKAGE}/components/{folder}/macro.html")
    return template.module


def asset(name: str) -> str:
    """The address of a static file, with the digest in its name. NotBuilt where nothing has been built."""
    return STATIC + manifest()[name]


@cache
def manifest() -> Mapping[str, str]:
    """The static files by the names that templates use."""
    try:
        found: Mapping[str, str] = json.loads(files("staffui").joinpath("static", "manifest.json").read_bytes())
    except FileNotFoundError:
        raise NotBuilt("static/manifest.json: run `make setup`") from None
    return found


def chosen_of(field: Field) -> frozenset[str]:
    """The values that are chosen in a question with options, by an option or by the value of the field."""
    return frozenset(option.value for option in field.options if option.chosen) | ({field.value} - {""})


def _is_endless(words: str) -> bool:
    return any(len(word) > _ENDLESS for word in words.split())


def _hint(words: str | None) -> Mapping[str, str] | None:
    """A hint as the macros take it."""
    return {"text": words.strip()} if words else None


def _error(t: Words, words: str | None) -> Mapping[str, str] | None:
    return {"text": words, "visuallyHiddenText": t("ui.error_prefix")} if words else None
