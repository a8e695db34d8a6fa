"""A transcript that a lesson is about to be given. Pure: the process that reads files knows no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from library.catalog.rules import CueLine, TranscriptQuality, said_characters
from transcode.remarks import Remark


@dataclass(frozen=True)
class NewVersion:
    """A transcript as it was read, or as a machine heard it. `clock`: what its header says of its times, and
    `repairs` the machine's words that were exchanged, as JSON.

    What is derived of its lines is made when it is first asked for, best before a transaction: of a long one
    it takes a while, in which nobody else could write.
    """

    quality: TranscriptQuality
    lines: Sequence[CueLine]
    file_name: str = ""
    remarks: Sequence[Remark] = ()
    clock: Mapping[str, Any] | None = None
    repairs: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def derived(cls, read: NewVersion, rows: list[dict[str, Any]], digest: str, words: int) -> NewVersion:
        """Return `read` with what is derived of its lines, which another process has worked out."""
        new = cls(read.quality, read.lines, read.file_name, read.remarks, read.clock, read.repairs)
        vars(new).update(rows=rows, digest=digest, words=words)  # where cached_property keeps it
        return new

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The lines as JSON."""
        return [line.to_json() for line in self.lines]

    @cached_property
    def digest(self) -> str:
        """The name of what the transcript says and when."""
        said = json.dumps([self.quality, self.rows, self.clock], ensure_ascii=False)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def words(self) -> int:
        """How many of its characters are said."""
        return said_characters(line.text for line in self.lines)
