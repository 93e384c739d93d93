"""``python -m assessor`` is the command ``assessor``; the commands themselves stand in ``cli``."""

import sys

from assessor.cli import main

if __name__ == "__main__":
    sys.exit(main())
