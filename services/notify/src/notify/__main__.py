"""`python -m notify api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from notify.app import SERVICE

sys.exit(main(SERVICE))
