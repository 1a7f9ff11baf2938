"""What repatriation reads beside the settings of every service: its numbers of the law."""

from pathlib import Path

from chassis.parameters import Parameters

PACKAGE = Path(__file__).parent
PARAMETERS = Parameters.load(PACKAGE / "parameters.yaml")
