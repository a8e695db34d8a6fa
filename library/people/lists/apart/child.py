"""The process that reads one list of people: `python -m library.people.lists.apart.child CPU_SECONDS`."""

from __future__ import annotations

import sys

from library.core.lists.apart import child
from library.people.lists.apart.message import answered

if __name__ == "__main__":
    sys.exit(child.main(answered))
