"""The Java side in the user's cache, fetched and built once: Kafka's jars, Keycloak's archive, Keycloak built."""

import shutil

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_stack import keycloak_server
from local_stack.artifacts import cache, fetch_all, missing, read_lock, sweep
from local_stack.state import only_one

NO_PROMTOOL = (
    "promtool is not here: the tests of the alert rules will be skipped (all else works).\n"
    "  mend it with: apt-get install --no-install-recommends prometheus"
)


def is_ready() -> bool:
    """Whether nothing is left to fetch or build."""
    return not missing(read_lock(), cache() / "artifacts") and keycloak_server.built().exists()


def prepare() -> None:
    """Fetch and build what is missing, with progress.

    Raises:
        StackError: An artifact could not be fetched, or does not match the lock.
    """
    console = Console()
    if shutil.which("promtool") is None:
        console.print(NO_PROMTOOL, highlight=False)
    if is_ready():
        return
    cache().mkdir(parents=True, exist_ok=True)
    with only_one(cache(), console.print):
        folder = cache() / "artifacts"
        sweep(cache())
        sweep(folder)
        wanted = sorted(missing(read_lock(), folder), key=lambda locked: locked.packaging == "jar")  # the big one first
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            if wanted:
                fetching = progress.add_task("Kafka and Keycloak", total=len(wanted))
                fetch_all(wanted, folder, lambda _: progress.advance(fetching))
        if not keycloak_server.built().exists():
            with console.status("Building Keycloak, once, some 30 s …"):
                keycloak_server.build()
            console.print("Keycloak: built")
