"""`python tools/words.py check|list`: the words of the staff pages in az, en and ru, against the code that needs them.

`check` fails with what is missing, unused, empty, twice there, or wrong as a text: variables, plural forms, words to
avoid, letters that look like others. `list` prints every key that the code needs, with the place that needs it.
"""

import sys
from collections.abc import Iterator, Sequence

from staffui.words_of import deed
from word_parts import used
from word_parts.needed import TOP, Needed, variables_of
from word_parts.texts import LANGUAGES, Word, faults_of, read

OF_CODES = ("code.", "state.", "clock.", "purpose.", "data_class.")
IN_SOURCE = ("code", "field", "fault", "refusal", "hint", "template", "event", "none")
FOLDER = TOP / "libs" / "staffui" / "src" / "staffui" / "words"


def missing(keys: set[str], needed: Needed) -> Iterator[str]:
    """Every key that the code needs and no file has."""
    yield from (f"{key}: missing ({where})" for key, where in needed.keys.items() if key not in keys)
    for several, where in needed.either.items():
        if not keys & set(several):
            yield f"{' or '.join(several[:2])}: missing ({where})"
    yield from (f"did.other.{action}: missing (an audit names it)" for action in needed.actions if not deed(action))
    last = {key.rpartition(".")[2] for key in keys if key.startswith(OF_CODES)}
    yield from (f"code.{code}: missing ({name})" for code, name in needed.codes.items() if code not in last)


def unused(keys: set[str], needed: Needed) -> Iterator[str]:
    """Keys that no code can need. An answer without a closed list has codes that stand in the source."""
    possible = needed.keys.keys() | {key for several in needed.either for key in several}
    names = (needed.source.words() | needed.apis.names) - {""}
    for key in sorted(keys - possible):
        kind, _, rest = key.partition(".")
        stands = kind in IN_SOURCE and bool({rest, rest.partition(".")[2], rest.rpartition(".")[2]} & names)
        stands = stands or (kind == "hint" and f"field.{rest}" in needed.keys)
        stands = stands or (kind == "did" and rest.removeprefix("other.") in needed.actions)
        if not key.startswith(used.BY_TEMPLATES) and not stands:
            yield f"{key}: unused"


def by_pydantic(words: Sequence[Word]) -> Iterator[str]:
    """The variables of a fault are those that pydantic names with it."""
    for word in words:
        kind, _, fault = word.key.partition(".")
        if kind == "fault":
            wrong = set().union(*word.variables("en")) - variables_of(fault)
            yield from (f"{word.where}: {word.key}: pydantic has no {name} here" for name in sorted(wrong))


def as_in_the_inbox(words: Sequence[Word], needed: Needed) -> Iterator[str]:
    """The text of a task is the one that notify shows (NO-4)."""
    for word in words:
        kind, _, task = word.key.partition(".")
        texts = needed.tasks.get(task, {}) if kind == "task" else {}
        for language in LANGUAGES:
            if texts and texts[language] != word.texts[language]:
                yield f"{word.where}: {word.key}: {language}: notify’s tasks.yaml has another text"


def check() -> int:
    """1 where something is wrong, such as a key that nothing uses."""
    words, wrong = read(FOLDER)
    needed, keys, written = Needed(), {word.key for word in words}, used.texts()
    wrong += [*faults_of(words), *by_pydantic(words), *as_in_the_inbox(words, needed)]
    wrong += [*missing(keys, needed), *unused(keys, needed)]
    wrong += [f"{key}: missing (a template has it)" for key in used.missing(keys, written)]
    possible = needed.keys.keys() | {key for several in needed.either for key in several}
    wrong += [f"{key}: unused (no template and no page has it)" for key in used.unused(sorted(keys), written, possible)]
    sys.stderr.writelines(f"words: {line}\n" for line in wrong)
    return 1 if wrong else 0


def listing() -> int:
    needed = Needed()
    rows = needed.keys | {" or ".join(several[:2]): where for several, where in needed.either.items()}
    sys.stdout.writelines(f"{key}\t{where}\n" for key, where in sorted(rows.items()))
    return 0


def main(arguments: list[str]) -> int:
    if arguments not in (["check"], ["list"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    return check() if arguments == ["check"] else listing()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
