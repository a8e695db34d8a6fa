"""What a file of ONNX says of itself, read without any package: a whole file is a row of fields (protobuf),
and those that tell what the model is stand among them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

_ABOUT, _BYTES = 14, 2
"""The number of the fields with a name and a value (`metadata_props`); how a field with bytes is marked."""

_LONGEST = 2**20
"""Bytes of one name and value."""


def about(path: Path) -> dict[str, str] | None:
    """Return what a model says of itself, by name; None when the file is cut or no model."""
    now = path.stat()
    return _about(path, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=8)
def _about(path: Path, _mtime_ns: int, size: int) -> dict[str, str] | None:
    found: dict[str, str] = {}
    with path.open("rb") as file:
        try:
            while file.tell() < size:
                field, kind = divmod(_number(file), 8)
                if kind == 0:
                    _number(file)
                elif kind == _BYTES:
                    length = _number(file)
                    if file.tell() + length > size:
                        return None
                    if field == _ABOUT and length <= _LONGEST:
                        name, value = _pair(file.read(length))
                        found[name] = value
                    else:
                        file.seek(length, os.SEEK_CUR)
                else:
                    return None
        except (EOFError, UnicodeDecodeError):
            return None
    return found or None


def _pair(data: bytes) -> tuple[str, str]:
    """A name (field 1) and its value (field 2)."""
    parts, at = {1: "", 2: ""}, 0
    while at < len(data):
        key, at = _number_in(data, at)
        length, at = _number_in(data, at)
        parts[key >> 3] = data[at : at + length].decode()
        at += length
    return parts[1], parts[2]


def _number_in(data: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(data):
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value, at
        shift += 7
    raise EOFError


def _number(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 64, 7):
        one = file.read(1)
        if not one:
            raise EOFError
        value |= (one[0] & 127) << shift
        if one[0] < 128:
            return value
    raise EOFError
