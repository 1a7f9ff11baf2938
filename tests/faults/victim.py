"""A process of the chain, forked from one that has everything loaded, with a trap in it."""

import ctypes
import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import time_machine
from chassis import bus, process

from .chain.app import CHAIN
from .points import POINTS, Trap
from .sabotage import SABOTAGES

_DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Victim:
    """What to start: `point` is one of POINTS[part] or None, `passages` after how many times it gets the signal."""

    name: str
    service: str
    part: str
    environment: Mapping[str, str]
    log: str
    group: str
    point: str | None = None
    passages: int = 0
    number: int = signal.SIGKILL
    clock_off: float = 0.0  # seconds
    sabotage: str | None = None  # one of SABOTAGES


def live(victim: Victim) -> None:
    """Run the part of the service until the trap, a signal or the end of the parent ends it."""
    ctypes.CDLL(None).prctl(_DIES_WITH_ITS_PARENT, signal.SIGKILL)
    random.seed()
    with open(victim.log, "ab", buffering=0) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(victim.environment)
    _read_as(victim.group)
    if victim.sabotage:
        SABOTAGES[victim.sabotage].do()
    if victim.point:
        POINTS[victim.part][victim.point](Trap(victim.passages, victim.number))
    if victim.clock_off:
        time_machine.travel(timedelta(seconds=victim.clock_off), tick=True).start()
    sys.exit(process.main(CHAIN[victim.service], [victim.part]))


def _read_as(run: str) -> None:
    """Each run of the harness is a consumer group of its own."""
    original = bus.consumer
    bus.consumer = lambda settings, source, group, topics: original(settings, source, f"{group}-{run}", topics)
