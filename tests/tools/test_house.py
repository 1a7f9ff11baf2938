"""Each rule of the house finds its fault in a small sample, and nothing in the same thing done well."""

import re
from pathlib import Path

import house
import import_contracts
import pytest
import yaml
from house_lints import figures, rules, words
from house_lints.sources import Source

USE_CASE = "services/fund/src/fund/use_cases/claims.py"
SUBSCRIPTIONS = "services/fund/src/fund/subscriptions.py"
CHASSIS = "libs/chassis/src/chassis/outbox.py"

# Rule, path, good, bad.
SAMPLES = [
    ("session-info", USE_CASE, "uow.resources.vault\n", "vault = session.info['vault']\n"),
    ("session-info", USE_CASE, "log.info('sent')\n", "uow.session.info.get('vault')\n"),
    ("many-positional", USE_CASE, "def f(a, b, c, d, *, e): ...\n", "def f(a, b, c, d, e): ...\n"),
    ("many-positional", USE_CASE, "def f(a, b, c, d, *rest, **more): ...\n", "def f(a, b, /, c, d, e=1): ...\n"),
    (
        "many-positional",
        USE_CASE,
        "class A:\n    def f(self, a, b, c, d): ...\n",
        "class A:\n    @staticmethod\n    def f(a, b, c, d, e): ...\n",
    ),
    (
        "many-positional",
        USE_CASE,
        "@commands.post('/api/claims')\nasync def f(a, b, c, d, e): ...\n",
        "@wraps(g)\nasync def f(a, b, c, d, e): ...\n",
    ),
    ("clock-in-handler", SUBSCRIPTIONS, "at = uow.now\n", "at = utc_now()\n"),
    ("clock-in-handler", USE_CASE, "at = now\n", "at = clock.utc_now()\n"),
    ("clock-in-handler", USE_CASE, "from chassis.clock import utc_now\n", "call(use_case, clock=utc_now)\n"),
    ("clock-in-handler", USE_CASE, "today = local_date(uow.now)\n", "at = datetime.now(UTC)\n"),
    ("any-payload", SUBSCRIPTIONS, "def f(e: Envelope[CaseOpened]): ...\n", "def f(e: Envelope[Any]): ...\n"),
    ("any-payload", SUBSCRIPTIONS, "def f(event: CaseOpened): ...\n", "def f(event: Any): ...\n"),
    ("any-payload", USE_CASE, "data = envelope.data\n", "data: Any = envelope.data\n"),
    ("any-payload", USE_CASE, "x = cast(CaseOpened, envelope.data)\n", "x = cast(Any, envelope.data)\n"),
    ("any-payload", USE_CASE, "x = getattr(row, name)\n", "x = getattr(envelope.data, name)\n"),
    ("banned-words", USE_CASE, '"""Emit what changed."""\n', '"""Tell what changed."""\n'),
    ("banned-words", USE_CASE, "x = 1  # stored once\n", "x = 1  # kept once\n"),
    (
        "banned-words",
        USE_CASE,
        'raise NotPossible("closed", "The case is closed.")\n',
        'raise NotPossible("closed", "The case was said to be closed.")\n',
    ),
    (
        "banned-words",
        USE_CASE,
        'CONSTRAINTS = {"uq": ("known", "The body has a request already.")}\n',
        'CONSTRAINTS = {"uq": ("known", "The body was asked already.")}\n',
    ),
    ("banned-words", USE_CASE, 'told = "asked"\n', 'X = 1\n"""Who is told."""\n'),
    ("banned-words", USE_CASE, '"""Reads `told_of_bar` and `asked`."""\n', '"""The basis of who was asked."""\n'),
    ("banned-words", USE_CASE, '"""The lock is held until the commit."""\n', '"""The row is held."""\n'),
    ("long-first-sentence", USE_CASE, f'"""{"word " * 20}"""\n', f'"""{"word " * 21}"""\n'),
    ("long-first-sentence", USE_CASE, f'"""Short one. {"Word " * 30}"""\n', f'"""{"word, e.g. a " * 7}"""\n'),
    ("agency-code", USE_CASE, 'if kind(agency) == "police": ...\n', 'if agency.startswith("mia-"): ...\n'),
    ("agency-code", USE_CASE, 'x = "fund"\n', 'x = "ngo-amc"\n'),
    ("agency-code", USE_CASE, 'channel = "sms"\n', 'Access("x", agency="sms")\n'),
    ("agency-code", USE_CASE, 'if channel == "sms": ...\n', 'if who.agency == "sms": ...\n'),
    (
        "visible-bases",
        USE_CASE,
        'select(Claim).where(access.visible(who, Claim.case_id, for_="see_claims"))\n',
        "select(Claim).where(access.visible(who, Claim.case_id))\n",
    ),
    ("imports-upward", USE_CASE, "from fund.tables import Claim\n", "from fund.answers import ClaimAnswer\n"),
    ("imports-upward", USE_CASE, "from fund import tables\n", "from fund import views\n"),
    ("imports-upward", "services/fund/src/fund/api/claims.py", "from fund import views\n", "import jinja2\n"),
    ("visible-bases", USE_CASE, "visible(uow, bases=HOLDER)\n", "visible(uow)\n"),
]


@pytest.mark.parametrize(("rule", "path", "good", "bad"), SAMPLES)
def test_a_rule_finds_what_is_wrong_and_nothing_else(rule: str, path: str, good: str, bad: str) -> None:
    assert list(rules.RULES[rule].faults(Source(path, good))) == []
    assert list(rules.RULES[rule].faults(Source(path, bad))) != []


def test_every_rule_has_a_sample_and_a_reason() -> None:
    assert {rule for rule, *_ in SAMPLES} == set(rules.RULES)
    assert all(rule.reason for rule in rules.RULES.values())


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("session-info", CHASSIS, "session.info.setdefault('pending', [])\n"),
        ("clock-in-handler", "services/fund/src/fund/api/claims.py", "at = utc_now()\n"),
        ("clock-in-handler", CHASSIS, "at = utc_now()\n"),
        ("agency-code", "libs/events/src/nrm_events/taking_part.py", 'AGENCIES = {"mia-special": "…"}\n'),
        ("agency-code", "demo/src/player/people.py", 'x = "mia-special"\n'),
    ],
)
def test_a_rule_stops_at_its_border(rule: str, path: str, text: str) -> None:
    assert list(rules.RULES[rule].faults(Source(path, text))) == []


@pytest.mark.parametrize("path", sorted(house.TOP.glob("tools/**/*.py")), ids=lambda path: path.name)
def test_the_tools_keep_the_rules_themselves(path: Path) -> None:
    source = Source(path.relative_to(house.TOP).as_posix(), path.read_text(encoding="utf-8"))
    for name in ("banned-words", "long-first-sentence", "many-positional"):
        assert list(rules.RULES[name].faults(source)) == []


def test_every_form_of_every_banned_word_is_found() -> None:
    for row in words._list()["words"].values():
        for form in row["forms"]:
            assert [word for _, word, _ in words.found(f"It is {form} here.")] == [form]


def test_an_allowed_phrase_passes_and_its_word_elsewhere_does_not() -> None:
    assert list(words.found("at a court\nhearing")) == []
    assert [below for below, *_ in words.found("at a court hearing\nthe hearing of events")] == [1]


def test_a_fault_is_named_with_its_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, USE_CASE, '"""Claims."""\n\n\nasync def f(a, b, c, d, e):\n    """Emit."""\n')
    assert house.main(["check", "many-positional"], tmp_path) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{USE_CASE}:4: many-positional: f has 5 positional parameters"
    assert lines[1].startswith("why many-positional: ")


def test_a_rule_is_checked_in_one_package_alone(tmp_path: Path) -> None:
    write(tmp_path, USE_CASE, "at = utc_now()\n")
    write(tmp_path, "services/notify/src/notify/use_cases/inbox.py", "at = uow.now\n")
    assert house.main(["check", "clock-in-handler:notify"], tmp_path) == 0
    assert house.main(["check", "clock-in-handler:fund"], tmp_path) == 1
    assert house.main(["check", "clock-in-handler:notify", "clock-in-handler:fund"], tmp_path) == 1


@pytest.mark.parametrize("wanted", ["no-such-rule", "clock-in-handler:no_such_package"])
def test_a_check_of_what_there_is_not_is_wrong_use(wanted: str, tmp_path: Path) -> None:
    write(tmp_path, USE_CASE, "at = uow.now\n")
    assert house.main(["check", wanted], tmp_path) == 2
    assert house.main(["check"], tmp_path) == 2


def test_the_report_counts_and_never_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, USE_CASE, "at = utc_now()\nend = utc_now()\n")
    assert house.main(["report", "--summary"], tmp_path) == 0
    assert "clock-in-handler 2," in capsys.readouterr().out
    assert house.main(["report"], tmp_path) == 0
    assert re.search(r"^\| clock-in-handler +\| 2 +\| 2 +\|$", capsys.readouterr().out, re.MULTILINE)


def test_migrations_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, USE_CASE, "")
    write(tmp_path, "services/fund/src/fund/migrations/v0001_claims.py", '"""What is told."""\n')
    assert house.main(["check", "banned-words"], tmp_path) == 0


def test_figures_show_which_module_does_the_work_of_a_room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "infra/platform.yaml", "services: {fund: {}, notify: {}}\n")
    write(tmp_path, "services/fund/src/fund/use_cases/at_hand.py", "def f(a, b, c, d, e, g): ...\n")
    write(tmp_path, "services/notify/src/notify/wording.py", "x: Any = 1\n")
    assert house.main(["figures"], tmp_path) == 0
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    assert ["functions with more than 4 positional parameters", "1"] in table
    assert ["functions with more than 7 positional parameters", "0"] in table
    assert ["`Any` per 1,000 lines", "500.0"] in table
    assert ["aggregate", "use_cases/at_hand", "–"] in table
    assert ["in no room", "–", "wording"] in table


def test_a_room_stands_in_the_contracts_on_imports() -> None:
    """The two lists of rooms agree: what `figures` counts as a room is one that import-linter knows."""
    listed = {names[0] for names in yaml.safe_load(figures.ROOM_NAMES.read_text()).values()}
    inside = {room for room in listed if "/" not in room}
    assert inside <= set(re.findall(r"\w+", " ".join(import_contracts.ROOMS)))


def test_what_is_enforced_is_a_rule_and_a_package() -> None:
    """Whether it holds is for `make check` to find; a name that there is not would hold for ever."""
    assert house.main(["check", "--enforced"]) != 2


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
