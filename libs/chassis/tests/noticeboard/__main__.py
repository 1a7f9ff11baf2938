"""`python -m noticeboard api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from .app import SERVICE

sys.exit(main(SERVICE))
