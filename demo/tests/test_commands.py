"""`play` and `demo` from the command line, into the stand-in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from player.__main__ import app
from player.figures import OWNERS
from player.stack import DEMO
from typer.testing import CliRunner, Result

from .givens import a_record, as_bytes
from .stand_in import World

WHOLE_YEAR = (DEMO / "caseload-2024.jsonl").read_text().splitlines(keepends=True)
KINDS = (1, 2, 7, 24, 31, 44, 50, 59)  # a line of each kind: declined, potential, children, stay, permit, return


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some lines of the year, in the place of the year."""
    path = tmp_path / "year.jsonl"
    path.write_text("".join(WHOLE_YEAR[line - 1] for line in KINDS))
    monkeypatch.setattr("player.__main__.CASELOAD", path)
    return path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def _file(folder: Path, *records: object) -> str:
    path = folder / "caseload.jsonl"
    path.write_bytes(b"\n".join(map(as_bytes, records)))
    return str(path)


def test_the_demo_is_whole_when_every_figure_is_the_published_one(world: World, year: Path) -> None:
    ran = _run("demo")
    assert ran.exit_code == 0, ran.output
    assert ran.output.count("✓") == 11
    assert ran.output.count("–") == 3
    assert "8 of 8 cases" in ran.output
    assert "vac.reintegration-worker" in ran.output


def test_a_figure_that_differs_is_named_and_fails_the_demo(world: World, year: Path) -> None:
    world.figures["vac_legal"] = 12
    ran = _run("demo")
    assert ran.exit_code == 1
    assert "DIFFERENT: vac_legal: 12 here, 13 published" in ran.output
    assert ran.output.count("✗") == 1


def test_the_years_figures_are_written(world: World, tmp_path: Path) -> None:
    ran = _run("play", _file(tmp_path, a_record(), a_record(line=2, reported_at="2023-05-01T08:00:00+04:00")))
    assert ran.exit_code == 0, ran.output
    for year in (2023, 2024):
        figures = json.loads((tmp_path / "statistics" / f"{year}.json").read_text())
        assert list(figures) == list(OWNERS)
    assert sorted(path.name for path in (tmp_path / "statistics").iterdir()) == ["2023.json", "2024.json"]


def test_the_same_file_twice_sends_the_same_and_adds_nothing(world: World, year: Path) -> None:
    """A body that changed under its key would be refused, and the play would fail."""
    assert _run("play", str(year)).exit_code == 0
    keys = set(world.done)
    ran = _run("play", str(year))
    assert ran.exit_code == 0, ran.output
    assert set(world.done) == keys


def test_what_was_done_stands_when_the_agencys_access_has_ended_since(world: World, tmp_path: Path) -> None:
    """ID-12: a stay that is over gives its operator nothing; played again, the line meets refusals and is whole."""
    file = _file(tmp_path, a_record())
    assert _run("play", file).exit_code == 0
    calls = len(world.calls)
    hidden = {"/admission": (403, "not_for_this_basis"), "/extension": (404, "not_found"), "/leave": (404, "not_found")}
    world.refusals |= {path: [problem] * 9 for path, problem in hidden.items()}
    ran = _run("play", file)
    assert ran.exit_code == 0, ran.output
    assert [len(world.refusals[path]) for path in hidden] == [8, 8, 8]
    assert any(path.endswith("/api/handovers") for _, path, _ in world.calls[calls:])


def test_an_agency_without_access_is_refused_the_first_time(world: World, tmp_path: Path) -> None:
    world.refusals["/admission"] = [(403, "not_for_this_basis")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 1
    assert "ERROR: line 1: shelter: not_for_this_basis" in ran.output


def test_an_act_that_ended_the_access_is_done_though_its_answer_was_lost(world: World, tmp_path: Path) -> None:
    world.refusals["/leave"] = [(502, "bad_gateway"), (404, "not_found")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 0, ran.output


def _sent(world: World, ending: str) -> list[dict[str, Any]]:
    return [json.loads(body) for _, path, body in world.calls if path.endswith(ending)]


def test_a_consent_names_who_agreed_and_how(world: World, tmp_path: Path) -> None:
    """ID-12."""
    assert _run("play", _file(tmp_path, a_record(language="hi"))).exit_code == 0
    (consent,) = _sent(world, "/consents")
    assert consent | {"happened_at": ""} == {
        "happened_at": "",
        "recipient": "mia-special",
        "purpose": "referral",
        "data_class": "identity",
        "given_by": "person",
        "how": "telephone",
        "language": "hi",
        "interpreter": True,
        "text_version": "consent-1",
    }


def test_for_a_child_the_guardianship_authority_agrees_with_the_childs_view(world: World, tmp_path: Path) -> None:
    """ID-7, ID-12."""
    world.age_group = "child"
    assert _run("play", _file(tmp_path, a_record())).exit_code == 0
    (consent,) = _sent(world, "/consents")
    assert (consent["given_by"], consent["child_view"]) == ("guardianship_authority", "agrees")
    (referral,) = _sent(world, "/referral")
    assert referral["best_interests_recorded"] is True


def test_what_a_union_may_not_decide_an_ngo_decides_after_the_case_was_entrusted_to_it(
    world: World, tmp_path: Path
) -> None:
    """ID-20: the holder has no caseworker, and the adult did not agree to the police."""
    course = {"outcome": "not_recognised", "reflection": False, "shelter": None, "vac": None, "needs_grants": []}
    line = a_record(course, reported_by="unions", consent={"refer_to_police": False})
    ran = _run("play", _file(tmp_path, line))
    assert ran.exit_code == 0, ran.output
    paths = [path.rpartition("/")[2] for _, path, _ in world.calls]
    assert paths[-3:] == ["holder-offers", "acceptance", "decline"]
    assert not _sent(world, "/referral")
    report = next(key for key, path, _ in world.calls if path.endswith("/api/reports"))
    world.refusals[f"/api/reports/{uuid5(NAMESPACE_URL, report)}"] = [(404, "not_found")]
    ran = _run("play", _file(tmp_path, line))
    assert ran.exit_code == 0, ran.output
    assert not any(world.refusals.values())


def test_half_a_file_and_then_the_whole_adds_only_the_rest(world: World, year: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.jsonl"
    half.write_text("".join(year.read_text().splitlines(keepends=True)[:4]))
    assert _run("play", str(half)).exit_code == 0
    ran = _run("play", str(year))
    assert ran.exit_code == 0, ran.output
    reports = [key for key, path, _ in world.calls if path.endswith("/api/reports")]
    assert (len(reports), len(set(reports))) == (4 + 8, 8)


def test_a_recent_line_is_the_same_when_played_again(world: World, tmp_path: Path) -> None:
    recent = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    file = _file(tmp_path, a_record(reported_at=recent))
    assert _run("play", file).exit_code == 0
    ran = _run("play", file)
    assert ran.exit_code == 0, ran.output
    assert not [path for _, path, _ in world.calls if path.endswith("/leave")]


def test_lines_with_faults_are_refused_and_the_good_ones_played(world: World, tmp_path: Path) -> None:
    ran = _run("play", _file(tmp_path, a_record(), {}, a_record(line=3, channel=5)))
    assert ran.exit_code == 1
    assert "REFUSED: line 2: reported_at: Field required" in ran.output
    assert "REFUSED: line 3: channel:" in ran.output
    assert "1 lines played, 2 refused" in ran.output


def test_a_line_whose_report_the_platform_refuses_is_refused_whole(world: World, tmp_path: Path) -> None:
    world.refusals["/api/reports"] = [(422, "invalid_htcds")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 1
    assert "REFUSED: line 1: report: invalid_htcds" in ran.output
    assert "0 lines played, 1 refused, 0 with errors" in ran.output


def test_what_the_law_of_that_day_did_not_know_is_listed_and_is_no_error(world: World, tmp_path: Path) -> None:
    """ID-10 and every other rule with a first day: the play goes on."""
    world.refusals["/reflection"] = [(409, "not_in_force")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 0, ran.output
    assert "not possible then: line 1: reflection: Because of not_in_force." in ran.output
    assert any(path.endswith("/admission") for _, path, _ in world.calls)


def test_any_other_refusal_is_an_error_of_its_line_alone(world: World, tmp_path: Path) -> None:
    world.refusals["/referral"] = [(409, "consent_missing")]
    ran = _run("play", _file(tmp_path, a_record(), a_record(line=2)))
    assert ran.exit_code == 1
    assert ran.output.count("ERROR: line") == 1
    assert "decision: consent_missing" in ran.output
    assert len([path for _, path, _ in world.calls if path.endswith("/formal-recognition")]) == 1


def test_a_place_that_somebody_else_took_is_chosen_anew(world: World, tmp_path: Path) -> None:
    world.refusals["/offer"] = [(409, "bed_taken"), (409, "place_does_not_fit")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 0, ran.output


def test_effects_and_restarts_are_waited_for_with_the_same_key(world: World, tmp_path: Path) -> None:
    world.refusals["/stays"] = [(404, "not_found"), (409, "police_operator_case_hidden")]
    world.refusals["/submission"] = [(503, "temporarily_unavailable"), (502, "bad_gateway")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 0, ran.output


def test_a_token_that_is_refused_is_replaced_once(world: World, tmp_path: Path) -> None:
    world.refusals["/api/reports"] = [(401, "token_expired")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 0, ran.output
    assert len([form for form in world.sign_ins if "ngo-clean-world.caseworker" in form]) == 2


def test_who_was_not_housed_is_handed_over_by_the_officer(world: World, tmp_path: Path) -> None:
    """SH-8: a place that is refused does not withhold the assistance centre."""
    world.refusals["/stays"] = [(422, "category_not_of_age_group")]
    ran = _run("play", _file(tmp_path, a_record()))
    assert ran.exit_code == 1
    assert any(path.endswith("/api/handovers") for _, path, _ in world.calls)
    assert not any("mia-shelter" in form for form in world.sign_ins)


def test_money_is_requested_approved_and_released_by_three_persons(world: World, tmp_path: Path) -> None:
    """FU-6."""
    assert _run("play", _file(tmp_path, a_record())).exit_code == 0
    for role in ("requester", "approver", "releaser", "accountant"):
        assert any(f"fund-{role}" in form for form in world.sign_ins)


def test_a_missing_file_ends_the_play(world: World, tmp_path: Path) -> None:
    ran = _run("play", str(tmp_path / "nothing.jsonl"))
    assert isinstance(ran.exception, FileNotFoundError)


@pytest.mark.parametrize("arguments", [("--help",), ("play", "--help"), ("demo", "--help")])
def test_every_command_explains_itself(arguments: tuple[str, ...]) -> None:
    ran = _run(*arguments)
    assert ran.exit_code == 0
    assert "Usage" in ran.output
