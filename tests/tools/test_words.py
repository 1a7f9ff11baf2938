"""The check of the pages' words finds each fault in a small sample, and nothing in the same thing done well."""

from pathlib import Path

import pytest
import words
from chassis.machine import Machine
from pydantic import BaseModel
from staffui.pages import Facts, List, Object, Pages, Part, shown
from word_parts import declared, used
from word_parts.api import Apis
from word_parts.needed import OPENAPI, Needed, variables_of
from word_parts.source import Source
from word_parts.texts import Word, avoided, faults_of, lowered, read

HEAD = "key,az,en,ru,source,note\n"


def a_word(**texts: str) -> Word:
    return Word("ui.sample", {"az": "Söz", "en": "Word", "ru": "Слово"} | texts, "own", "", "sample.csv:2")


def faults(**texts: str) -> str:
    return "\n".join(faults_of([a_word(**texts)]))


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(HEAD + text, encoding="utf-8")
    return folder


def test_a_good_row_has_no_fault(tmp_path: Path) -> None:
    rows, wrong = read(files(tmp_path, frame="ui.save,Yadda saxla,Save,Сохранить,own,\n"))
    assert ([word.key for word in rows], wrong, list(faults_of(rows))) == (["ui.save"], [], [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("ui.save,,Save,Сохранить,own,", "no az"),
        ("ui.save,Yadda saxla,Save,Сохранить,,", "no source"),
        ("ui.save,Yadda saxla,Save,Сохранить", "cells"),
        ("save,Yadda saxla,Save,Сохранить,own,", "no key"),
        ("ui.save,Yadda saxla,Save,Сохранить,own,\nui.save,Saxla,Save,Сохранить,own,", "stands in frame.csv:2 too"),
    ],
)
def test_a_row_of_a_wrong_form_is_refused(tmp_path: Path, row: str, fault: str) -> None:
    _, wrong = read(files(tmp_path, frame=f"{row}\n"))
    assert [fault in line for line in wrong] == [True]


def test_a_key_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    row = "ui.save,Yadda saxla,Save,Сохранить,own,\n"
    _, wrong = read(files(tmp_path, frame=row, pages=row))
    assert wrong == ["pages.csv:2: ui.save: stands in frame.csv:2 too"]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("key,az,en\nui.save,Saxla,Save\n", encoding="utf-8")
    assert read(tmp_path) == ([], ["frame.csv: the columns are key,az,en,ru,source,note"])


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ({"az": "Saat: {time}", "en": "At {time}", "ru": "В {time}"}, {"az": "Saat: {time}"}, "other variables"),
        ({"az": "№ {n}", "en": "No. {n}", "ru": "№ {n}"}, {"az": "{n}-ci", "en": "{n}", "ru": "{n}"}, "suffix"),
        ({"az": "Son: {n}", "en": "{n}", "ru": "{n}"}, {"az": "{n}dək", "en": "{n}", "ru": "{n}"}, "suffix"),
        ({"en": "A word"}, {"en": "A {word"}, "brace"),
        ({"az": "Göndər"}, {"az": "G\N{CYRILLIC SMALL LETTER O}nder"}, "Cyrillic letters"),
        ({"az": "Gözləyir"}, {"az": "Gözl\N{LATIN SMALL LETTER TURNED E}yir"}, "U+01DD"),
        ({"ru": "Слово"}, {"ru": "Сл\N{LATIN SMALL LETTER O}во"}, "Latin letters"),
        ({"ru": "С дела"}, {"ru": "C дела"}, "Latin letters"),
        ({"az": "söz"}, {"az": "so\N{COMBINING DIAERESIS}z"}, "NFC"),
        ({"en": "Two words"}, {"en": "Two  words"}, "space"),
    ],
)
def test_a_fault_of_a_text_is_found_and_the_good_text_passes(
    good: dict[str, str], bad: dict[str, str], fault: str
) -> None:
    assert faults(**good) == ""
    assert fault in faults(**bad)


def test_a_plural_has_the_forms_of_its_language() -> None:
    good = {"az": "{n} gün", "en": "{n} day | {n} days", "ru": "{n} день | {n} дня | {n} дней"}
    assert faults(**good) == ""
    assert "ru has 2 plural forms, not 3" in faults(**good | {"ru": "{n} день | {n} дней"})
    assert "en has 1 plural forms, not 2" in faults(**good | {"en": "{n} days"})
    assert "az has 2 plural forms, not 1" in faults(**good | {"az": "{n} gün | {n} gün"})


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("az", "Qurban kimi tanınma", "Qurban gözləyir"),
        ("az", "Dilənçiliyə cəlb edilmiş uşaq", "Dilənçi"),
        ("az", "Sərhəd nəzarəti", "NƏZARƏT"),
        ("az", "Sahə vacibdir", "Sahə məcburidir"),
        ("en", "Potential victim", "The victim waits"),
        ("en", "A person without documents", "An illegal migrant"),
        ("ru", "Пожертвование", "Жертва"),
        ("ru", "Приём оформлен", "Принят(а)"),
    ],
)
def test_words_to_avoid_are_found_outside_the_phrases_of_the_law(language: str, good: str, bad: str) -> None:
    assert list(avoided(language, good)) == []
    assert len(list(avoided(language, bad))) == 1


def test_azerbaijani_is_lowered_by_its_own_letters() -> None:
    assert lowered("az", "İSTİSMAR, IŞIQ") == "istismar, ışıq"
    assert lowered("en", "IT") == "it"


def test_a_fault_takes_the_variables_that_pydantic_names() -> None:
    def wrong(text: str) -> list[str]:
        texts = dict.fromkeys(("az", "en", "ru"), text)
        return list(words.by_pydantic([Word("fault.string_too_long", texts, "own", "", "refusals.csv:2")]))

    assert variables_of("string_too_long") == {"max_length"}
    assert wrong("Most: {max_length}") == []
    assert wrong("Most: {most}") == ["refusals.csv:2: fault.string_too_long: pydantic has no most here"]


def test_keys_of_templates_are_found_whole_and_by_pattern() -> None:
    written = ["{{ say('ui.save') }}", 'text(language, f"ui.clock_{state}")', "import 'board.html'", '"ui.absent"']
    keys = ["ui.save", "ui.clock_met", "ui.waiting", "field.sex"]
    assert list(used.missing(keys, written)) == ["ui.absent"]
    assert list(used.unused(keys, written)) == ["ui.waiting"]


def test_a_key_of_a_page_is_used_where_a_page_is_declared_or_a_template_has_it_whole() -> None:
    """A name that is left open proves nothing, or every key of its kind would be in use for ever."""
    written = ['visit.text(f"page.{key}")', 'text(language, f"ui.{group}")', '"page.start"', 'f"error.{status}"']
    keys = ["page.start", "page.stays", "page.gone", "ui.anything", "error.404", "error.404.do", "hint.to", "hint.gone"]
    needed = {"page.stays", "field.to"}
    assert list(used.unused(keys, written, needed)) == ["page.gone", "ui.anything", "error.404.do", "hint.gone"]


def test_refusals_reasons_and_faults_are_read_from_the_source(tmp_path: Path) -> None:
    module = tmp_path / "services/fund/src/fund/domain/claims.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        'LATE = "too_late"\n'
        'DETAILS = {"in_table": "It is in the table."}\n'
        'OTHER = {"no_refusal": "Nobody raises it."}\n'
        'CONSTRAINTS = {"uq_claim": ("twice", "It is there.")}\n'
        "def refused_actions(open: bool) -> dict[str, str]:\n"
        '    return {"pay": "no_money"} if open else dict.fromkeys(("pay",), "closed")\n'
        "def act(code: str, ok: bool) -> None:\n"
        '    if ok: raise NotPossible("this_way" if code else "that_way", "A sentence.")\n'
        '    if code: raise Invalid(LATE, "Late.", faults=[Fault("body.x", "wrong_day", "a day")])\n'
        "    raise NotPossible(code, DETAILS[code])\n",
        encoding="utf-8",
    )
    found = Source(tmp_path)
    assert {code for code, _ in found.refusals()} == {"in_table", "twice", "this_way", "that_way", "too_late"}
    assert {code for code, _ in found.reasons()} == {"no_money", "closed"}
    assert {code for code, _ in found.faults()} == {"wrong_day"}


def test_fields_and_codes_are_read_from_the_apis() -> None:
    apis = Apis(OPENAPI)
    assert {"requested_at", "sex", "amount_qepik", "bed_id"} <= apis.fields.keys()
    assert {("sex", "female"), ("category", "adult_with_children"), ("region", "AZ-BA")} <= apis.codes.keys()
    assert not {"stay_id", "expected_version", "limit", "partition"} & apis.fields.keys()


def test_an_unknown_command_is_answered_with_how_to_use_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert words.main(["mend"]) == 2
    assert "check|list" in capsys.readouterr().err


def test_declared_pages_need_the_words_of_their_lists_cards_and_states() -> None:
    class Line(BaseModel):
        case_ref: str
        state: str

    machine = Machine("hand-over", "requested", {("requested", "take"): "taken"})
    columns = shown(Line, "case_ref:ref state:tag:hand_over")
    handovers = List("/handovers", "/api/handovers", Line, columns, filters={"state": ("taken",), "mine": ("true",)})
    handover = Object("/handovers/{id}", "", Line, machine, "/handovers", cards=(Facts("support", columns),))
    pages = Pages(lists=(handovers,), objects=(handover,), start=(Part("to_take", handovers),))
    found = set(declared.of_pages(pages, {"hand_over": machine}))
    single = {keys[0] for keys in found if len(keys) == 1}
    assert {"page.handovers", "caption.handovers", "empty.handovers"} <= single
    assert {"card.support", "part.to_take", "empty.to_take", "field.case_ref", "field.mine"} <= single
    assert {"state.hand_over.requested", "state.hand_over.taken"} <= single
    assert ("code.state.taken", "code.taken", "agency.taken", "role.taken", "state.hand_over.taken") in found


def test_a_tag_of_a_machine_that_is_not_there_has_no_words() -> None:
    class Line(BaseModel):
        state: str

    pages = Pages(lists=(List("/stays", "/api/stays", Line, shown(Line, "state:tag:stays")),), objects=())
    assert ("state.stays.?",) in set(declared.of_pages(pages, {}))


@pytest.fixture(scope="module")
def needed() -> Needed:
    return Needed()


def test_a_key_that_the_code_needs_is_missed(needed: Needed) -> None:
    keys = {word.key for word in read(words.FOLDER)[0]}
    assert list(words.missing(keys, needed)) == []
    without = keys - {"refusal.bed_taken", "code.sex.female", "state.stay.offered"}
    found = {line.partition(":")[0] for line in words.missing(without, needed)}
    assert found == {"state.stay.offered", "refusal.bed_taken", "code.sex.female or code.female", "code.female"}


def test_a_key_that_no_code_needs_is_unused(needed: Needed) -> None:
    keys = {word.key for word in read(words.FOLDER)[0]}
    more = {"act.stay.dance", "refusal.never_raised_here", "code.sex.never_stored", "ui.for_a_template"}
    assert list(words.unused(keys | more, needed)) == [
        "act.stay.dance: unused",
        "code.sex.never_stored: unused",
        "refusal.never_raised_here: unused",
    ]


def test_a_task_has_the_text_of_the_inbox(needed: Needed) -> None:
    task, texts = next(iter(needed.tasks.items()))
    same = Word(f"task.{task}", texts, "own", "", "clocks.csv:2")
    other = Word(f"task.{task}", {**texts, "en": "Another text."}, "own", "", "clocks.csv:2")
    assert list(words.as_in_the_inbox([same], needed)) == []
    assert list(words.as_in_the_inbox([other], needed)) == [
        f"clocks.csv:2: task.{task}: en: notify’s tasks.yaml has another text"
    ]
