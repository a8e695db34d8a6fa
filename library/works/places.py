"""Where files of lessons lie in the object store: under names that the server chooses, never under theirs."""

from __future__ import annotations

PREFIX = "materials/"


def folder_of(lesson_id: str, file_id: str) -> str:
    """Return the folder of a file and of the pictures of its pages."""
    return f"{PREFIX}{lesson_id}/{file_id}"


def file_key(lesson_id: str, file_id: str) -> str:
    """Return the key of the file itself."""
    return f"{folder_of(lesson_id, file_id)}/file"


def page_key(lesson_id: str, file_id: str, n: int) -> str:
    """Return the key of the picture of a page, counted from 1."""
    return f"{folder_of(lesson_id, file_id)}/{n}.png"
