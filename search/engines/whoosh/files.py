"""Read Whoosh's files through memory instead of through the operating system.

Looking up one term makes some ten tiny reads; as system calls they cost more than all the rest.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class MappedStorage(FileStorage):  # type: ignore[misc]  # Whoosh is Any here
    """A folder for reading. Whoosh writes a file once and replaces it by another, so a map never shrinks."""

    def open_file(self, name: str, **more: Any) -> StructFile:
        """Called by Whoosh for every file that it reads."""
        path = Path(self.folder) / name
        with path.open("rb") as file:
            if not path.stat().st_size:
                return BufferFile(b"", name=name, **more)
            return StructFile(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), name=name, **more)
