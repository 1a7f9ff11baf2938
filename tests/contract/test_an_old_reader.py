"""An agency that installed `nrm_events` when it first shipped, and never again, reads what is sent today."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from nrm_events import EVENTS
from nrm_events.corpus import made

from .history import git, lines, with_history

READER = """
import json, sys
sys.path.insert(0, sys.argv[1])
import nrm_events
for kind, (key, value, headers) in json.load(sys.stdin).items():
    if kind in nrm_events.EVENTS:
        told = [(name, content.encode()) for name, content in headers.items()]
        assert nrm_events.from_message(key.encode(), value.encode(), told).type == kind
        print(kind)
print(nrm_events.__file__)
"""


@pytest.fixture
def first_edition(tmp_path: Path) -> Path:
    """The package of the commit from which on its schemas count as shipped."""
    first = lines("log", "--diff-filter=A", "--format=%H", "--reverse", "--", "libs/events/shipped")[0]
    with zipfile.ZipFile(BytesIO(git("archive", "--format=zip", first, "libs/events/src"))) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "libs" / "events" / "src"


@with_history
def test_the_first_edition_reads_what_is_sent_today(first_edition: Path) -> None:
    """Every event that it knows, every field of today filled; what it does not know is a type of its own."""
    sent = {kind: made(event) for kind, event in EVENTS.items()}
    given = {
        kind: (message.key.decode(), message.value.decode(), {n: content.decode() for n, content in message.headers})
        for kind, message in sent.items()
    }
    command = [sys.executable, "-c", READER, str(first_edition)]
    read = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False)
    *kinds, where = read.stdout.split() or [read.stderr]
    assert where.startswith(str(first_edition)), where
    assert len(kinds) > 70
