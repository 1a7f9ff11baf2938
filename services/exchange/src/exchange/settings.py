"""Where the exchange's own files are."""

from pathlib import Path

PACKAGE = Path(__file__).parent
AGREEMENTS = PACKAGE / "agreements"
