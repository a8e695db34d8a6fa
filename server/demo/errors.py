"""What can keep the demonstration from being made."""

from __future__ import annotations


class DemoUnavailable(Exception):
    """Something the demonstration needs is not on this machine.

    Codes: `voice_missing` (no espeakng-loader: install the `demo` extra), `font_missing` (no Chinese
    letters in any font). `tried` names where we looked.
    """

    def __init__(self, code: str, tried: tuple[str, ...] = ()) -> None:
        self.code = code
        self.tried = tried
        super().__init__(code, tried)

    def __str__(self) -> str:
        return f"{self.code}({', '.join(self.tried)})"
