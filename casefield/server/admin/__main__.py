"""The door of headquarters: ``python -m casefield.server.admin``."""

from __future__ import annotations

import sys

from casefield.server.admin import main

if __name__ == "__main__":
    sys.exit(main())
