import hashlib
from pathlib import Path

import pytest
from local_stack.artifacts import Locked, fetch, fetch_all, kafka_jars, keycloak_distribution, missing, read_lock
from local_stack.names import StackError

CONTENT = b"what the lock means"
RIGHT = Locked("org.example", "thing", "1.0", "jar", hashlib.sha256(CONTENT).hexdigest())
WRONG = Locked("org.example", "other", "1.0", "jar", hashlib.sha256(b"something else").hexdigest())


def from_disk(locked: Locked, folder: Path) -> Path:
    """A repository whose every artifact has the same content."""
    path = folder / "fetched"
    path.write_bytes(CONTENT)
    return path


def out_of_reach(locked: Locked, folder: Path) -> Path:
    """A repository that does not answer."""
    raise ConnectionError("no route")


def test_the_lock_names_kafkas_jars_and_keycloak_each_with_a_hash() -> None:
    locked = read_lock()
    assert len(kafka_jars()) == 92
    assert kafka_jars()[0].name.startswith("kafka_2.13-")
    assert keycloak_distribution().file.endswith(".tar.gz")
    assert all(len(bytes.fromhex(one.sha256)) == 32 for one in locked)
    assert len({one.file for one in locked}) == len(locked)


def test_an_artifact_with_the_right_hash_is_kept(tmp_path: Path) -> None:
    fetch(RIGHT, tmp_path, from_disk)
    assert (tmp_path / RIGHT.file).read_bytes() == CONTENT
    assert missing([RIGHT, WRONG], tmp_path) == [WRONG]


def test_an_artifact_with_another_hash_is_refused_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"org.example:other:1.0 does not match the lock"):
        fetch(WRONG, tmp_path, from_disk)
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_had_is_named_after_three_tries(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"org.example:thing:1.0 could not be fetched in 3 tries: no route"):
        fetch(RIGHT, tmp_path, out_of_reach)


def test_the_first_wrong_one_of_many_ends_it(tmp_path: Path) -> None:
    done: list[Locked] = []
    with pytest.raises(StackError, match=r"org.example:other"):
        fetch_all([RIGHT, WRONG], tmp_path, done.append, from_disk)
    assert not (tmp_path / WRONG.file).exists()
