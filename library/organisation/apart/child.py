"""The process that reads one list of organisations: `python -m library.organisation.apart.child SECONDS`."""

from __future__ import annotations

import sys

from library.core.lists.apart import child
from library.organisation.apart.message import answered

if __name__ == "__main__":
    sys.exit(child.main(answered))
