"""`python -m shelter api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from shelter.app import SERVICE

if __name__ == "__main__":
    sys.exit(main(SERVICE))
