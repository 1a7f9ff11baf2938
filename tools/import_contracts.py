"""The text of .importlinter, rendered from infra/platform.yaml: who may import whom.

One template serves every service. Its rooms are those that every service shall have; a room in brackets may be missing.
"""

from collections.abc import Sequence

HEADER = """\
# Made from infra/platform.yaml by `python tools/platform_list.py write`; `make check` refuses an outdated one.
"""

# From the top; a room may import those below it. `|`: rooms of one line never import each other. `:`: they may.
ROOMS = (
    "__main__",
    "app",
    "(pages)",
    "(api) | (subscriptions) | (clocks) | (agencies_heard) | (agency_consumers)",
    "(use_cases) | (views)",
    "(queries)",
    "(facts)",
    "(commands) : (answers) : (adapters) : (schemas)",
    "(tables)",
    "(domain)",
    "(rights) : (settings) : (parameters) : (resources)",
)
# Rooms of before. Take one out of ROOMS when no service has it any more. Once none is left and every module of every
# service is in a room, the line `exhaustive = True` goes below `type = layers` (_layers): a module outside then fails.
FORMER_ROOMS = ("agencies_heard", "queries", "schemas")

IMPURE = ("sqlalchemy", "fastapi", "pydantic", "aiokafka", "httpx")
IMPURE_CHASSIS = ("database", "outbox", "inbox", "http", "audit")


def _lines(names: Sequence[str]) -> str:
    return "\n".join(f"    {name}" for name in names)


def _forbidden(key: str, name: str, sources: Sequence[str], targets: Sequence[str], *, indirect: bool = True) -> str:
    text = f"[importlinter:contract:{key}]\nname = {name}\ntype = forbidden\nsource_modules =\n{_lines(sources)}\n"
    text += f"forbidden_modules =\n{_lines(targets)}\n"
    return text if indirect else text + "allow_indirect_imports = True\n"


def _layers(key: str, name: str, layers: Sequence[str], *, container: str = "") -> str:
    inside = f"containers = {container}\n" if container else ""
    return f"[importlinter:contract:{key}]\nname = {name}\ntype = layers\n{inside}layers =\n{_lines(layers)}\n"


def render(libraries: Sequence[str], services: Sequence[str], outside: Sequence[str]) -> str:
    """The whole file; `libraries` from the lowest."""
    lowest, *above = libraries
    ours = [*above, *services]
    top = "[importlinter]\ninclude_external_packages = True\nroot_packages =\n"
    top += _lines([*libraries, *services, *outside]) + "\n"
    connector, access = outside
    blocks = [
        top,
        _layers(
            "services",
            f"Services stand on {', '.join(reversed(libraries))}, in this order; no service imports another",
            [" | ".join(services), *reversed(libraries)],
        ),
        _forbidden("events-alone", "The event contracts import nothing of ours", [lowest], ours),
        _forbidden(
            "no-earlier-version",
            "Nobody sends an earlier version of an event, and no handler sees one",
            ours,
            [f"{lowest}.earlier"],
            indirect=False,
        ),
        *(
            _layers(f"{name}-downward", f"{name}: inside, imports go downward", ROOMS, container=name)
            for name in services
        ),
        _forbidden(
            "domain-pure",
            "A domain imports the standard library and the libraries' pure parts",
            [f"{name}.domain" for name in services],
            [*IMPURE, *(f"chassis.{module}" for module in IMPURE_CHASSIS)],
            indirect=False,
        ),
        _forbidden(
            "connector-alone",
            "The example of an agency's system knows the event contracts and nothing else of ours",
            [connector],
            ours,
        ),
        _forbidden(
            "agency-access-alone",
            "What an agency's system may use follows from its code and the event contracts alone",
            [access],
            ours,
        ),
        _forbidden(
            "nobody-provisions-but-operators",
            "No service joins agencies or grants rights",
            [*ours, connector],
            [access],
        ),
    ]
    return HEADER + "\n".join(blocks)
