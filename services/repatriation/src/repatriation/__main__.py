"""`python -m repatriation api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from repatriation.app import SERVICE

sys.exit(main(SERVICE))
