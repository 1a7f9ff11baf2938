"""A wrong setting of the pages ends a process at once, in a line that names what and where, without the value."""

import json
from typing import Any

import pytest
from chassis.process import main
from shelter.app import SERVICE

NEEDED = {
    "NRM_DATABASE_URL": "postgresql://x@127.0.0.1/x",
    "NRM_KAFKA": "127.0.0.1:9092",
    "NRM_ISSUER": "http://127.0.0.1/realms/nrm",
    "NRM_CLIENTS": '["shelter"]',
    "NRM_CLIENT_ID": "shelter",
    "NRM_CLIENT_SECRET": "s3cr3t",
}
RIGHT = {
    "address": "http://127.0.0.1:8000",
    "client_id": "shelter-pages",
    "client_secret": "Rumplestiltskin",
    "key": "A" * 43 + "=",
}


@pytest.mark.parametrize("part", ["api", "all", "migrate"])
@pytest.mark.parametrize(
    ("value", "where", "what"),
    [
        ("{", "NRM_PAGES", "Invalid JSON"),
        ("[]", "NRM_PAGES", "object"),
        ({"address": "http://himaya.example"}, "NRM_PAGES.address", "must be https"),
        ({"address": "https://himaya.example/"}, "NRM_PAGES.address", "without a slash"),
        ({"key": "Rumplestiltskin"}, "NRM_PAGES.key", "base64"),
        ({"key": "QUJD"}, "NRM_PAGES.key", "32 bytes"),
        ({"client_id": ""}, "NRM_PAGES.client_id", "at least 1 character"),
        ({"client_secret": None}, "NRM_PAGES.client_secret", "string"),
        ({"services": {"fund": "Rumplestiltskin"}}, "NRM_PAGES.services.fund", "must be https"),
        ({"adress": "x"}, "NRM_PAGES.adress", "not permitted"),
    ],
)
def test_a_wrong_setting_of_the_pages_is_one_plain_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    part: str,
    value: str | dict[str, Any],
    where: str,
    what: str,
) -> None:
    for name, of in NEEDED.items():
        monkeypatch.setenv(name, of)
    monkeypatch.setenv("NRM_PAGES", value if isinstance(value, str) else json.dumps(RIGHT | value))
    assert main(SERVICE, [part]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.partition(": ")[0] == where
    assert what in line
    assert "Rumplestiltskin" not in line


def test_every_wrong_setting_has_its_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, of in NEEDED.items():
        monkeypatch.setenv(name, of)
    monkeypatch.setenv("NRM_PAGES", "{}")
    assert main(SERVICE, ["api"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert {line.partition(":")[0].removeprefix("NRM_PAGES.") for line in lines} == RIGHT.keys()
