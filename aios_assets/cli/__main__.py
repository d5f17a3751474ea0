"""`python -m aios_assets.cli` is `aios`."""

import sys

from aios_assets.cli import main

if __name__ == "__main__":
    sys.exit(main())
