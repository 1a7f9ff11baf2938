"""The Java side: Kafka's jars and Keycloak's archive, by `jars.lock`, in the user's cache for every checkout."""

import concurrent.futures
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from local_stack.names import DECLARATIONS, StackError

LOCK = DECLARATIONS / "local" / "jars.lock"
THREADS = 8
TRIES = 3
FETCH_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Locked:
    """One line of `jars.lock`: an artifact by its Maven coordinates, and the SHA-256 that it must have."""

    group: str
    name: str
    version: str
    packaging: str
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}.{self.packaging}"

    @property
    def coordinates(self) -> str:
        return f"{self.group}:{self.name}:{self.version}"


Fetch = Callable[[Locked, Path], Path]
"""Fetches an artifact into a folder and returns its path there."""


def cache() -> Path:
    """The folder of fetched and built artifacts: one for all checkouts of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "himaya"


def read_lock(path: Path = LOCK) -> list[Locked]:
    """All artifacts of a lock file, in its order, which is also the order of Kafka's class path."""
    locked = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256 = line.split()
            group, name, version, packaging = (*coordinates.split(":"), "jar")[:4]
            locked.append(Locked(group, name, version, packaging, sha256))
    return locked


def kafka_jars() -> list[Path]:
    """Paths of Kafka's jars in the cache, whether they exist or not."""
    return [cache() / "artifacts" / locked.file for locked in read_lock() if locked.packaging == "jar"]


def keycloak_distribution() -> Locked:
    """The one artifact of the lock that is not a jar: Keycloak's archive."""
    (archive,) = (locked for locked in read_lock() if locked.packaging != "jar")
    return archive


def fetch_from_maven(locked: Locked, folder: Path) -> Path:
    """Fetch one artifact from the Maven repository that jgo knows."""
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(repo_cache=folder, local_repos=[], resolver=PythonResolver(), timeout=FETCH_TIMEOUT_SECONDS)
    component = context.project(locked.group, locked.name).at_version(locked.version)
    return Path(component.artifact(packaging=locked.packaging).resolve())


def missing(wanted: Iterable[Locked], folder: Path) -> list[Locked]:
    """Artifacts that are not in the folder yet. Those in it were checked when they were fetched."""
    return [locked for locked in wanted if not (folder / locked.file).exists()]


def fetch(locked: Locked, folder: Path, get: Fetch = fetch_from_maven) -> None:
    """Fetch one artifact into the folder: whole and with the hash of the lock, or not at all.

    Raises:
        StackError: Its SHA-256 is not that of the lock, or three tries failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last: Exception | None = None
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as part:
            try:
                path = get(locked, Path(part))
            except Exception as error:  # whatever the network does; the tries are bounded
                last = error
                continue
            with path.open("rb") as content:
                found = hashlib.file_digest(content, "sha256").hexdigest()
            if found != locked.sha256:
                raise StackError(
                    f"{locked.coordinates} does not match the lock: SHA-256 {found}, expected {locked.sha256}"
                )
            path.replace(folder / locked.file)
            return
    raise StackError(f"{locked.coordinates} could not be fetched in {TRIES} tries: {last}")


def fetch_all(
    wanted: list[Locked], folder: Path, done: Callable[[Locked], None], get: Fetch = fetch_from_maven
) -> None:
    """Fetch several artifacts at a time and call `done` after each. The first error ends it."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        fetching = {pool.submit(fetch, locked, folder, get): locked for locked in wanted}
        try:
            for finished in concurrent.futures.as_completed(fetching):
                finished.result()
                done(fetching[finished])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def sweep(folder: Path) -> None:
    """Remove what an interrupted fetch or build left behind."""
    for left in [*folder.glob(".fetching-*"), *folder.glob(".building-*")]:
        shutil.rmtree(left, ignore_errors=True)
