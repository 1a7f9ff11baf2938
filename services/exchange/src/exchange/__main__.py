"""`python -m exchange api | consume | relay | tick | migrate | audit | all`."""

import sys

from chassis.process import main

from exchange.app import SERVICE

if __name__ == "__main__":
    sys.exit(main(SERVICE))
