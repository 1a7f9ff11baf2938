"""The parameters of notify: `parameters.yaml`, by name and day."""

from pathlib import Path

from casework.parameters import Parameters

PARAMETERS = Parameters.load(Path(__file__).parent / "parameters.yaml")
