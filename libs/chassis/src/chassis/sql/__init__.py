"""Statements longer than ten lines, each in a file of its own with its explanation on top."""

from importlib.resources import files


def load(name: str) -> str:
    """The statement in `<name>.sql`, without its explanation."""
    lines = files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--")).strip()


def load_each(name: str) -> tuple[str, ...]:
    """The statements in `<name>.sql`, which are separated by empty lines."""
    return tuple(load(name).split("\n\n"))
