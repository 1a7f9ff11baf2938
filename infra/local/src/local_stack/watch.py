"""`python -m local_stack.watch`: starts a part of this stack that died again, and writes down that it did.

It runs beside a stack that `make up` started. One that dies for the third time within an hour is left down:
`make status` names it, and its log states why.
"""

import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime

from local_stack import children, stack
from local_stack.children import Child
from local_stack.names import StackError
from local_stack.state import State, open_state

NAME = "watch"
EVERY_SECONDS = 3.0
MOST_STARTS, WITHIN_SECONDS = 2, 3600.0


def child() -> Child:
    """The process that watches the others."""
    return Child(NAME, (sys.executable, "-m", "local_stack.watch"))


class Watch:
    """What died, and how often it was started again."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._starts: dict[str, list[float]] = defaultdict(list)

    def look(self) -> list[str]:
        """Start again what died and may be; the names of those."""
        dead = [name for name in children.recorded(self._state) if children.running(self._state, name) is None]
        again = [name for name in dead if self._may_start(name)]
        if not again:
            return []
        for name in again:
            _log(f"{name} died: it is started again")
        try:
            stack.up(self._state, _log)
        except (StackError, OSError, subprocess.SubprocessError) as error:
            _log(f"not everything could be started: {error}")
        return again

    def _may_start(self, name: str) -> bool:
        """Count it. A part that dies again and again is left down, so that somebody looks."""
        now = time.monotonic()
        recent = [at for at in self._starts[name] if at > now - WITHIN_SECONDS]
        if len(recent) == MOST_STARTS:
            _log(f"{name} died for the third time within an hour: it is left down. make status; make up")
        self._starts[name] = [*recent, now][-MOST_STARTS - 1 :]
        return len(recent) < MOST_STARTS


def _log(text: str) -> None:
    print(f"{datetime.now(UTC).isoformat(timespec='seconds')} {text}", flush=True)


def main() -> None:
    """Until `down` stops it."""
    watch = Watch(open_state())
    while True:
        time.sleep(EVERY_SECONDS)
        watch.look()


if __name__ == "__main__":
    main()
