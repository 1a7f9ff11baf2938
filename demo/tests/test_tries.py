"""What the demo lists at its end for people to try."""

from pathlib import Path

from player.stack import Stack
from player.tries import TRIES, tries
from rich.console import Console


def shown(stack: Stack) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(tries(stack))
    return captured.get()


def test_who_needs_a_code_is_marked_and_the_command_for_it_is_named() -> None:
    services = {one.service: f"http://{one.service}" for one in TRIES}
    stack = Stack(Path(), "", services, {}, {}, with_code=frozenset({"ngo-amc.caseworker"}))
    lines = shown(stack).splitlines()
    assert [line for line in lines if " * " in line and "caseworker" in line]
    assert not [line for line in lines if " * " in line and "fund" in line]
    assert "python -m local_stack code USER" in lines[-1]
