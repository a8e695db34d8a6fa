"""Lists of people that nobody has brought in."""

from __future__ import annotations

import os
import time
from pathlib import Path

from server.background.keeping.list_keeping import ListKeepingThread


def test_lists_with_names_lay_there_until_somebody_brought_another(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    ListKeepingThread(folder).work()  # nobody has brought one yet
    for name, hours in (("old", 25), ("new", 23)):
        (folder / name).mkdir(parents=True)
        (folder / name / "list").write_text("姓名\n王芳\n", "utf-8")
        changed = time.time() - hours * 3600
        os.utime(folder / name, (changed, changed))
    ListKeepingThread(folder).work()
    assert [one.name for one in folder.iterdir()] == ["new"]
