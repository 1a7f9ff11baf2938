"""The broker stands still, dies, has no room left, or loses a topic."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis import outbox
from chassis.database import Database
from confluent_kafka.admin import AdminClient
from local_stack import children, kafka_server
from local_stack.children import Child
from local_stack.state import State, open_state

from .invariants import rows
from .kills import Announce
from .running import Chain, crowd
from .trial import Skipped, Trial, bring_back, killed, pid_of, under_load, until_applied, wait

_ROOM = 48 * 2**20  # bytes that the small file system has beyond what lies on it
_LAST = 2 * 2**20  # bytes that are left to the broker before it is full
_BALLAST = "ballast"
_LOST = "nrm.shelter"  # between the middle and the end


async def kafka_stopped_for_a_minute(announce: Announce) -> Trial:
    trial = Trial()
    async with under_load(trial, announce) as running:
        os.kill(pid_of("kafka"), signal.SIGSTOP)
        await wait(60, announce)
        os.kill(pid_of("kafka"), signal.SIGCONT)
        trial.figures["back after"] = await until_applied(running)
    return trial


async def kafka_killed(announce: Announce) -> Trial:
    return await killed("kafka", announce)


async def topic_deleted_by_mistake(announce: Announce) -> Trial:
    """Once with everybody at work, once with a part of it unread: all is sent again, and each effect exists once.

    What an operator does: docs/how-to/after-a-topic-was-deleted.md.
    """
    trial = Trial()
    try:
        async with under_load(trial, announce) as running:
            await wait(5, announce)
            _delete(running)
            await wait(10, announce)
            trial.figures["waited to be sent"] = rows(running, "shelter", "select count(*) from outbox")[0][0]
            trial.figures["sent again"] = await _send_again(running)
            trial.figures["back after"] = await until_applied(running)
            readers = running.of("notify", "consume")
            await asyncio.gather(*(running.stop(slot) for slot in readers))
            await wait(10, announce)
            trial.figures["unread when it was deleted"] = await asyncio.to_thread(running.unread)
            _delete(running)
            trial.figures["sent again, the second time"] = await _send_again(running)
            trial.figures["back after, the second time"] = await until_applied(running)
    finally:
        await _make_anew()
    return trial


def _delete(running: Chain) -> None:
    admin = AdminClient({**running.stack.bus_admin})
    admin.delete_topics([_LOST])[_LOST].result(30)


async def _make_anew() -> None:
    command = (sys.executable, "-m", "local_stack", "bus", "apply")
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)


async def _send_again(running: Chain) -> int:
    """Queue what was sent, then make the topic anew, so that nothing new comes first.

    The topic's writers and readers are stopped meanwhile.
    """
    stopped = [*running.of("shelter", "relay"), *running.of("notify", "consume")]
    await asyncio.gather(*(running.stop(slot, signal.SIGKILL) for slot in stopped))
    database = Database(running.databases["shelter"])
    try:
        async with database.transaction() as session:
            events = await outbox.send_again(session, _LOST)
    finally:
        await database.close()
    await _make_anew()
    for slot in stopped:
        running.start(slot)
    return events


async def disk_of_the_broker_full(announce: Announce) -> Trial:
    """Its log folder lies on a small file system, which a stranger's file fills; then that file goes away."""
    trial = Trial()
    async with _broker_on_a_small_disk() as small, under_load(trial, announce) as running:
        began = time.monotonic()
        small.fill()
        while small.lives() and not await _stands_still(running):
            assert time.monotonic() < began + 120 * crowd(), "the disk does not fill"
        trial.figures["until it stood still"] = time.monotonic() - began
        trial.figures["broker lives through it (1) or ends (0)"] = small.lives()
        await wait(15, announce)
        small.make_room()
        trial.figures["its own start"] = await small.revive()
        trial.figures["back after"] = await until_applied(running)
    return trial


async def _stands_still(running: Chain) -> bool:
    """Whether no act of the last three seconds reached the end."""
    with_effect = "select count(*) from effect"
    before = rows(running, "notify", with_effect)
    await asyncio.sleep(3)
    return before == rows(running, "notify", with_effect)


class _SmallDisk:
    """The broker's folder in a file, mounted for the broker alone: where it ends, the mount ends with it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._data = state.folder / "kafka" / "data"
        self._image = state.folder / "kafka" / "small.img"

    def is_permitted(self) -> bool:
        """Whether a small file system can be made and mounted here."""
        self._make_image(_ROOM)
        mount = f'mount -o loop "{self._image}" "{self._image.parent}"'
        return subprocess.run((*_ALONE, mount), check=False, capture_output=True).returncode == 0

    def _make_image(self, size: int) -> None:
        with self._image.open("wb") as image:
            image.truncate(size)
        subprocess.run(("/sbin/mkfs.ext4", "-q", "-m", "0", self._image), check=True)

    def begin(self) -> None:
        """Copy what the broker has into the small file system, and start it there."""
        children.stop(self._state, "kafka")
        used = sum(file.stat().st_blocks * 512 for file in self._data.rglob("*"))
        self._make_image(used + _ROOM)
        inside = self._data.with_name("inside")
        inside.mkdir(exist_ok=True)
        copy = (
            f'mount -o loop "{self._image}" "{inside}" && rmdir "{inside}/lost+found"'  # no topic to the broker
            f' && cp -a --sparse=always "{self._data}/." "{inside}"'
        )
        subprocess.run((*_ALONE, copy), check=True)
        self.start()

    def start(self) -> None:
        plain = kafka_server.child(self._state)
        mounted = f'mount -o loop "{self._image}" "{self._data}" && exec "$@"'
        children.start(self._state, Child("kafka", (*_ALONE, mounted, "kafka", *plain.command), port=plain.port))
        children.wait_until(self._state, "kafka", lambda: kafka_server.ready(self._state), kafka_server.START_SECONDS)

    @property
    def _seen_by_the_broker(self) -> Path:
        return Path(f"/proc/{pid_of('kafka')}/root{self._data}")

    def fill(self) -> None:
        free = shutil.disk_usage(self._seen_by_the_broker).free
        with (self._seen_by_the_broker / _BALLAST).open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, free - _LAST)

    def lives(self) -> bool:
        return children.running(self._state, "kafka") is not None

    def make_room(self) -> None:
        if self.lives():
            (self._seen_by_the_broker / _BALLAST).unlink()
        else:
            gone = f'mount -o loop "{self._image}" "{self._data}" && rm "{self._data}/{_BALLAST}"'
            subprocess.run((*_ALONE, gone), check=True)

    async def revive(self) -> float:
        """Start it again if it ended; seconds it took."""
        began = time.monotonic()
        if not self.lives():
            await asyncio.to_thread(self.start)
        return time.monotonic() - began

    def end(self) -> None:
        children.stop(self._state, "kafka")
        self._image.unlink(missing_ok=True)


_ALONE = ("/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-e", "-c")


@asynccontextmanager
async def _broker_on_a_small_disk() -> AsyncIterator[_SmallDisk]:
    """Afterwards it runs as before, where it did and with what it had."""
    small = _SmallDisk(open_state())
    if not await asyncio.to_thread(small.is_permitted):
        raise Skipped("this machine permits no mount: root and a loop device are needed")
    try:
        await asyncio.to_thread(small.begin)
        yield small
    finally:
        small.end()
        await bring_back()
