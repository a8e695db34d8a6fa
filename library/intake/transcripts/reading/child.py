"""The process that reads what people bring: `python -m library.intake.transcripts.reading.child`."""

from __future__ import annotations

import sys

from library.intake.transcripts.reading.message import answered
from transcode.forking_child import serve

if __name__ == "__main__":
    sys.exit(serve(answered, int(sys.argv[1])))
