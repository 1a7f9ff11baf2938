"""Where shelter finds the facilities that it seeds; settings of the process are those of every service."""

from pathlib import Path

PACKAGE = Path(__file__).parent
FACILITIES = PACKAGE / "facilities.yaml"
