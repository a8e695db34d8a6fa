"""What a machine hears in recordings: recognitions that are asked for, what they have heard so far, and the
lines that become of it.

`rules` decides, `tables` are the rows, `actions` the only writer, `queries` the only reader, `recogniser` the
child process, `hearing` does the work of a run.
"""

from __future__ import annotations

WRITERS = ("actions",)
