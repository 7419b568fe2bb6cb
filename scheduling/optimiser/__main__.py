"""`python -m scheduling.optimiser`."""

import sys

from scheduling.optimiser.command import main

if __name__ == "__main__":
    sys.exit(main())
