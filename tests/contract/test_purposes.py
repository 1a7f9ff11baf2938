"""The words about a consent are made of the rights tables of all services, and of nothing else (ID-12)."""

from collections import defaultdict
from importlib.resources import files
from typing import Any

import pytest
import yaml
from casework.purposes import PURPOSES
from chassis.testing import ServiceUnderTest, person_token

from ..conftest import SERVICES

READ: dict[str, Any] = yaml.safe_load(files("identification").joinpath("purposes.yaml").read_text(encoding="utf-8"))


def given_by_consent() -> dict[str, set[str]]:
    """`service.action` → the purposes that give it in any role; all of them where the cell names none."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, service in SERVICES.items():
        for action, roles in service.every_right.items():
            cells = [cell for cell in roles.values() if isinstance(cell, tuple)]
            for asked in (asked for cell in cells for asked in cell if asked.name == "consent"):
                found[f"{name}.{action}"] |= asked.about or set(PURPOSES)
    return dict(found)


def test_every_right_that_a_consent_gives_is_in_the_words_and_nothing_else() -> None:
    """ID-12: what the person is told is what the tables give, purpose by purpose."""
    told: dict[str, set[str]] = {}
    for sentence in READ["sentences"]:
        for right in sentence["rights"]:
            assert right not in told, right
            told[right] = set(sentence.get("purposes", PURPOSES))
    assert told == given_by_consent()


def test_every_purpose_and_sentence_is_in_three_languages() -> None:
    assert set(READ["names"]) == set(PURPOSES)
    for words in [*READ["names"].values(), *READ["sentences"]]:
        assert all(words[language].strip() for language in ("az", "en", "ru"))


@pytest.mark.parametrize(("purpose", "reads", "does"), [("removal_bar", 7, 2), ("joint_assessment", 9, 3)])
async def test_staff_read_the_words_out(
    benches: dict[str, ServiceUnderTest], purpose: str, reads: int, does: int
) -> None:
    """ID-12: a consent for the removal bar alone opens the bar, and nothing of the assessment."""
    headers = {"Authorization": f"Bearer {person_token('ngo-amc.caseworker')}"}
    answer = await benches["identification"].http.get("/api/consent-purposes", headers=headers)
    (shown,) = [item for item in answer.json()["items"] if item["purpose"] == purpose]
    for language in ("az", "en", "ru"):
        assert (len(shown["reads"][language]), len(shown["does"][language])) == (reads, does)
