"""Forms, and the commands of the API that they become.

Nothing typed is lost: a refusal draws the same form again, with everything in it and the reasons above it (C8).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from chassis.errors import DomainError, Fault, Forbidden, Invalid, NotFound

from staffui import formats, forms, stale, words_of
from staffui.acts import asked_in_path, chosen_fields, ids_in
from staffui.ask import as_id
from staffui.asking import CASE, is_versioned, questions
from staffui.beside import beside
from staffui.catalogue import has
from staffui.cells import cell
from staffui.commands_of import Act
from staffui.listing import begins
from staffui.objects import title_of
from staffui.pages import PLAIN, Choices, Form, List, Object, Shown, Start, Typed
from staffui.questions import Question
from staffui.refusing import WHEN, explained
from staffui.site import key_of
from staffui.view import Cell, FormPage, Link, MessagePage, Option, Preview
from staffui.visit import Visit

_NOT_ANSWERS = frozenset({"csrf", "key", "seen", "preview", "version"})


@dataclass(frozen=True)
class Deed:
    """An act that somebody is about to do: its command, where its form is, and what belongs to it.

    `in_path` are ids of the command's address with a question each. `asked` is None where a function makes the
    questions when the form is drawn.
    """

    act: Act
    asked: Sequence[Question] | None
    action: str
    api: str
    title: str
    back: Link
    in_path: Sequence[str] = ()
    choices: Mapping[str, Choices] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False
    about: Sequence[tuple[str, Cell]] = ()
    version: int | None = None
    form: Form = PLAIN
    stored: Typed = field(default_factory=dict)
    """What its form begins with."""
    read: Mapping[str, Any] = field(default_factory=dict)
    """The object as the API answers it now."""
    history: str | None = None
    """Where the API answers its acts."""


async def deed_on(visit: Visit, page: Object, ids: Mapping[str, str], action: str) -> Deed:
    """An act on an object that the person may see. NotFound where there is no such act or no form for it."""
    act = visit.site.acts[page.path].get(action)
    if act is None or (page.only is not None and action not in page.only):
        raise NotFound()
    if not visit.site.may_do(act.action, visit.roles):
        raise Forbidden(act.action)
    form = page.form(action)
    answer = await visit.api.get(page.api.format(**ids))
    path, in_path = page.path.format(**ids), asked_in_path(page, act)
    asked = _asked(act, form, answer, chosen=chosen_fields(page, action), in_path=in_path)
    return Deed(
        act=act,
        asked=asked,
        action=f"{path}/{action}",
        api=page.api.format(**ids)
        if form.sends
        else act.api.format(**ids, **{name: f"{{{name}}}" for name in in_path}),
        title=words_of.act(visit.language, page.words, action),
        back=Link(title_of(visit, page, answer), path),
        form=form,
        in_path=in_path,
        choices={name: of for (one, name), of in page.choices.items() if one == action},
        ids=ids,
        grave=action in page.grave,
        about=[*_about(visit, page, [*page.person, *form.beside], answer), *beside(visit, page, form, answer)],
        stored=forms.typed_as_stored(asked or (), answer) if form.filled else {},
        version=answer.get("version") if is_versioned(act.command) else None,
        read=answer,
        history=f"{page.api.format(**ids)}/history" if page.has_past else None,
    )


def _asked(
    act: Act, form: Form, answer: Mapping[str, Any], *, chosen: frozenset[str], in_path: Sequence[str] = ()
) -> Sequence[Question] | None:
    """The questions of the command, or of the model in its place; NotFound where it has no form."""
    if form.makes:
        return None
    asked = questions(form.model or act.command, chosen, form.given.keys())
    if asked is None:
        raise NotFound()
    return [*(Question(name, "", "select") for name in in_path), *forms.as_declared(asked, form, answer)]


def deed_of_list(visit: Visit, page: List, start: Start) -> Deed:
    """The act that begins a new object of a list."""
    act, form = visit.site.starts[start.path], start.form
    if not visit.site.may(start, visit.roles):
        raise Forbidden(act.action)
    in_path = ids_in(act.api)
    asked = _asked(act, form, {}, chosen=frozenset(form.choices), in_path=in_path)
    return Deed(
        act,
        asked,
        start.path,
        act.api,
        begins(visit, start),
        Link(visit.text(f"page.{key_of(page.path)}"), page.path),
        in_path=in_path,
        choices=form.choices,
        form=form,
    )


def _about(visit: Visit, page: Object, shown: Sequence[Shown], answer: Mapping[str, Any]) -> Sequence[tuple[str, Cell]]:
    """Who and what it is about, beside the form."""
    known = {one.name: one for one in shown if answer.get(one.name) not in (None, [])}.values()
    return [(words_of.field(visit.language, one.name), cell(visit.reader, page.shape, one, answer)) for one in known]


async def form_page(
    visit: Visit,
    deed: Deed,
    typed: Typed,
    refused: DomainError | None = None,
    *,
    saved_at: datetime | None = None,
    preview: Preview | None = None,
) -> FormPage:
    """The form, with what was typed before and what was refused; `saved_at` is when its draft was saved."""
    asked = deed.asked if deed.asked is not None else await _made(visit, deed, typed)
    errors, refusal = explained(visit, asked, refused, deed.back) if refused else ({}, None)
    choices = {name: await _choices(visit, deed, of) for name, of in deed.choices.items()}
    key = forms.first(typed, "key") or str(uuid4())
    changed = _is_of_another_version(deed, typed)
    return FormPage(
        title=deed.title,
        back=deed.back,
        action=deed.action,
        key=key if refused is None or refused.code != "idempotency_key_reused" else str(uuid4()),
        submit=deed.title,
        fields=forms.fields(visit.language, asked, typed, choices=choices, errors=errors, action=deed.act.action),
        when=forms.when(typed, errors.get(WHEN)) if WHEN in deed.act.command.model_fields else None,
        about=deed.about,
        version=deed.version,
        refusal=refusal,
        saved=visit.text("ui.draft_saved", time=formats.moment(visit.language, saved_at)) if saved_at else None,
        grave=deed.grave,
        differences=await stale.differences(
            visit, deed.read, asked=asked, typed=typed, choices=choices, history=deed.history
        )
        if changed
        else None,
        preview=preview,
        previews=deed.form.previews is not None,
    )


async def preview(visit: Visit, deed: Deed, typed: Typed) -> Preview | None:
    """What will follow, for a form that shows it; None once just this was shown and is to be saved."""
    if deed.form.previews is None:
        return None
    filled = {name: [one for one in of if one] for name, of in typed.items() if name not in _NOT_ANSWERS}
    marked = json.dumps({name: of for name, of in sorted(filled.items()) if of})
    seen = hashlib.sha256(marked.encode()).hexdigest()
    if "preview" not in typed and forms.first(typed, "seen") == seen:
        return None
    return replace(await deed.form.previews(visit.api, deed.ids, visit.language, typed), seen=seen)


def _is_of_another_version(deed: Deed, typed: Typed) -> bool:
    """Whether what was typed was for the object as it is no more; drafts as well have their version."""
    version = forms.first(typed, "version")
    return deed.version is not None and version.isascii() and version.isdigit() and int(version) != deed.version


async def _choices(visit: Visit, deed: Deed, of: Choices) -> Sequence[Option]:
    return await of(visit.api, deed.ids, visit.language)


async def _made(visit: Visit, deed: Deed, typed: Typed) -> Sequence[Question]:
    """The questions that the form's function makes."""
    if deed.form.makes is None:
        raise NotFound()
    return await deed.form.makes(visit.api, deed.ids, visit.language, typed)


async def do(visit: Visit, deed: Deed, typed: Typed) -> Mapping[str, Any]:
    """Send the command; its answer. DomainError as the API raises it, and for what cannot be read at all."""
    sent = {**forms.body([one for one in deed.asked or () if one.sent], typed), **deed.form.given}
    api = _address(deed, typed)
    if deed.form.sends:
        step, made = deed.form.sends(typed)
        api, sent = f"{api}/{step}" if step else api, dict(made)
    if isinstance(reference := sent.get(CASE), str) and CASE in {one.sent for one in deed.asked or ()}:
        sent[CASE] = await _case(visit, reference)
    if (at := forms.happened_at(typed, visit.now)) and WHEN in deed.act.command.model_fields:
        sent[WHEN] = at
    version = forms.first(typed, "version")
    if is_versioned(deed.act.command) and version:
        sent["version"] = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else version
    return await visit.api.post(api, sent, forms.first(typed, "key"))


def _address(deed: Deed, typed: Typed) -> str:
    """The command's address with the ids that were chosen. Invalid where one was not."""
    chosen = {name: forms.first(typed, name) for name in deed.in_path}
    faults = [Fault(f"body.{name}", "missing", "choose one") for name, value in chosen.items() if not as_id(value)]
    if faults:
        raise Invalid("invalid_request", "Something is not chosen.", faults=faults)
    return deed.api.format(**chosen)


async def _case(visit: Visit, reference: str) -> str:
    """The id of the case with this reference. The same refusal where it is absent and where it is hidden (ID-7)."""
    try:
        found = (await visit.api.get("/api/cases", {"case_ref": reference}))["items"]
    except Invalid as error:
        raise _fault_of_case(error.code) from None
    if not found:
        raise _fault_of_case("no_such_case")
    return str(found[0][CASE])


def _fault_of_case(code: str) -> Invalid:
    fault = Fault(f"body.{CASE}", code, "read the reference again")
    return Invalid(code, "There is no such case.", faults=[fault])


def result(visit: Visit, deed: Deed, answer: Mapping[str, Any]) -> MessagePage | None:
    """What the answer shows and nothing follows; None for an act with a page of its own."""
    facts, shape = deed.form.result, deed.form.result_shape
    if deed.form.shows and answer.get(deed.form.shows):
        return _shown_once(visit, deed, answer)
    if facts is None or shape is None:
        return None
    rows = [(words_of.field(visit.language, f.name), cell(visit.reader, shape, f, answer)) for f in facts.fields]
    return MessagePage(visit.text(f"card.{facts.key}"), [], facts=rows, links=[deed.back])


def _shown_once(visit: Visit, deed: Deed, answer: Mapping[str, Any]) -> MessagePage:
    """What the answer shows this once, for nothing stores it: no redirect may lose it."""
    shown = answer[deed.form.shows or ""]
    return MessagePage(
        title=visit.text(f"card.{deed.form.shows}"),
        sentences=[visit.text("ui.shown_once")],
        facts=[(words_of.field(visit.language, name), Cell(str(value))) for name, value in shown.items() if value],
        links=[deed.back],
    )


def did_key(page: Object, action: str) -> str:
    """What the next page shows: the words of the history, by machine or for all."""
    own = f"did.{words_of.key(page.words)}.{action}"
    return next((key for key in (own, f"did.{action}") if has(key)), "ui.done")
