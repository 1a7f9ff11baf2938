"""A year of the mechanism through services that are killed in the middle; totals equal the published figures.

One story in order: half the file, the whole file while each service is killed once, the same file again, then a file of
another year with names nobody has, which are searched for everywhere.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nrm_events import SERVICES

from . import platform

CASELOAD = Path("demo/caseload-2024.jsonl")
PUBLISHED = {
    "reports": 106,
    "identified": 80,
    "potential": 17,
    "not_recognised": 9,
    "allowances_paid": 80,
    "allowance_total_qepik": 80 * 70_000,
    "mia_shelter_admissions": 56,
    "vac": 63,
    "vac_psychological": 36,
    "vac_legal": 13,
    "needs_persons": 88,
    "needs_total_qepik": 505_000,
    "permits_granted": 2,
    "returns": 1,
}
NAME, SURNAME = "Quşüzümağa", "Zumrudxatunlı"
PLANTED = [NAME, SURNAME, "Gizlinküçə 73b", "ağ itin yanındakı qapı", "+994559871234", "1987-11-29", "PLNT7788123"]


def only(statistics: dict[str, Any]) -> dict[str, Any]:
    return {name: statistics[name] for name in PUBLISHED}


def half_of_it(folder: Path) -> Path:
    half = folder / "half.jsonl"
    half.write_text("".join(CASELOAD.read_text(encoding="utf-8").splitlines(keepends=True)[:53]), encoding="utf-8")
    return half


@pytest.mark.timeout(900)  # six services are killed and started again meanwhile
async def test_half_the_file_then_the_whole_with_every_service_killed_once(tmp_path: Path) -> None:
    played = platform.play(half_of_it(tmp_path))
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert platform.statistics(2024)["reports"] == 53
    played = await platform.play_while_killing(CASELOAD, SERVICES, every=4)
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert only(platform.statistics(2024)) == PUBLISHED


async def test_the_same_file_again_adds_nothing() -> None:
    await platform.settled()
    before = platform.row_counts()
    played = platform.play(CASELOAD)
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    await platform.settled()
    assert platform.row_counts() == before
    assert only(platform.statistics(2024)) == PUBLISHED


def test_the_ngo_with_a_system_of_its_own_submitted_its_reports_on_the_bus_and_each_once() -> None:
    """ID-1: played twice, with every service killed once meanwhile."""
    lines = [json.loads(line) for line in CASELOAD.read_text(encoding="utf-8").splitlines()]
    reports = sum(line["reported_by"] == "ngo-amc" for line in lines)
    assert reports > 0
    assert platform.count("exchange", "submission", "agency", "ngo-amc") == reports
    assert platform.count("identification", "referral_handle", "agency", "ngo-amc") == 0, "each handle was used"


async def test_nothing_waits_and_nothing_is_parked() -> None:
    await platform.settled()
    assert platform.waiting_and_parked() == dict.fromkeys(SERVICES, (0, 0))


@pytest.mark.parametrize("service", SERVICES)
async def test_the_audit_is_unbroken_after_the_kills(service: str) -> None:
    verified = platform.verify_audit(service)
    assert (verified.returncode, verified.stdout.strip()) == (0, "unbroken")


async def test_every_case_keeps_its_order_on_the_bus() -> None:
    """Per service and case the sequence has no gap and no inversion; repeated messages are what kills may cause."""
    last: dict[tuple[str, str], int] = {}
    for topic, message in await platform.all_messages():
        if not topic.startswith("nrm.") or topic.endswith(".dlq") or "ce_sequence" not in message:
            continue
        key = re.search(r"b'([0-9a-f-]{36})'", message)
        sequence = re.search(r"'ce_sequence', b'(\d+)'", message)
        assert key
        assert sequence
        if f"'ce_source', b'/nrm/{topic.removeprefix('nrm.')}'" in message:
            highest = last.get((topic, key[1]), 0)
            assert int(sequence[1]) <= highest + 1, (topic, key[1])
            last[topic, key[1]] = max(highest, int(sequence[1]))
    assert len(last) > 106


def planted_lines() -> list[dict[str, Any]]:
    """Three reports of another year with names nobody has."""
    lines = [json.loads(line) for line in CASELOAD.read_text(encoding="utf-8").splitlines()]
    formal = next(li for li in lines if li["course"]["permit"] and li["course"]["vac"])
    potential = next(
        li for li in lines if li["course"]["outcome"] == "potential" and not li["consent"]["refer_to_police"]
    )
    declined = next(li for li in lines if li["course"]["outcome"] == "not_recognised")
    for number, line in enumerate((formal, potential, declined), start=1):
        line["line"] = number
        line["reported_at"] = f"2025-0{number}-11T10:00:00+04:00"
        line["htcds"] |= {
            "prs_FirstName": NAME,
            "prs_SecondName": SURNAME,
            "prs_Birthdate": "1987-11-29",
            "prs_IdentityNumber": "PLNT7788123",
            "prs_MobilePhone": "+994559871234",
            "prs_MailingStreet": "Gizlinküçə 73b",
            "vic_DetailsOfVulnerabilities": "ağ itin yanındakı qapı",
        }
    return [formal, potential, declined]


def planted_file(folder: Path) -> Path:
    file = folder / "2025.jsonl"
    rows = (json.dumps(line, ensure_ascii=False) + "\n" for line in planted_lines())
    file.write_text("".join(rows), encoding="utf-8")
    return file


def spellings(planted: str) -> list[str]:
    """As it stands, as JSON escapes it, and as hexadecimal of its bytes."""
    return [planted, json.dumps(planted)[1:-1], planted.encode().hex()]


async def test_what_is_known_of_a_person_is_nowhere_but_in_the_vault(tmp_path: Path) -> None:
    """Names, phones, birth dates, documents, addresses and free text: in no topic, log, trace, message or database."""
    played = platform.play(planted_file(tmp_path))
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    await platform.settled()
    year = platform.statistics(2025)
    assert (year["reports"], year["identified"], year["potential"], year["not_recognised"]) == (3, 1, 1, 1)
    assert year["allowance_total_qepik"] == 70_000
    places = [(place, text) for service in SERVICES for place, text in platform.dumped_rows(service)]
    places += list(platform.written_files()) + await platform.all_messages()
    assert len(places) > 10_000
    found = {
        (place, planted)
        for planted in PLANTED
        for spelling in spellings(planted)
        for place, text in places
        if spelling in text
    }
    assert found == set()
