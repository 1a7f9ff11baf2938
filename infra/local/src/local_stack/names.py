"""The fixed names of the stack: its folders, its services and its ports."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
"""The checkout: the package is always installed editable from inside it."""

DECLARATIONS = ROOT / "infra"
BUS_DECLARATION = DECLARATIONS / "local" / "bus.yaml"

SERVICES = ("identification", "shelter", "fund", "repatriation", "notify", "exchange")
"""In the order of their start. Each has a database, two roles, a Keycloak client and a topic of its own."""

PORTS = (
    "keycloak",
    "kafka_internal",
    "kafka_client",
    "kafka_controller",
    "smtp",
    "sms",
    *SERVICES,
    *(f"{name}.operators" for name in SERVICES),
)


class StackError(Exception):
    """The stack cannot go on; the message names what failed and where to look."""
