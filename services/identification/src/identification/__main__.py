"""`python -m identification api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from identification.app import SERVICE

sys.exit(main(SERVICE))
