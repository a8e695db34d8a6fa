"""Everything that can go wrong in this package: codes and arguments, never prose.

`error.code` names the reason, `error.details` holds what a sentence about it needs (numbers, what was found).
They are called `details` and not `args` because Python keeps `Exception.args` for itself (a tuple, needed to
pickle the error when a durable job stores it). The catalogues of the server turn code + details into words.
"""

from __future__ import annotations

from collections.abc import Mapping

Detail = str | int | float

REFUSALS: Mapping[str, str] = {
    "empty_file": "the file has no bytes",
    "not_media": "something else; found: text, zeros, image, pdf, office, archive, program, html, unknown",
    "playlist_in_disguise": "a list of other files; found: m3u8, concat, sdp, dash, xml, pls, url",
    "truncated": "the file ends too early (an upload or a copy that stopped); missing_bytes when it is known",
    "nothing_playable": "a real container with neither picture nor sound in it",
    "broken_clock": "recordings joined by their bytes: the time jumps; at_s on the file's own clock",
    "sound_changes": "the sound's rate or channels change on the way",
    "damaged": "a recording of which (almost) nothing can be decoded",
    "too_many_streams": "more tracks than we look at; limit",
    "too_long": "longer than we take; duration_s, limit_s",
    "too_large_picture": "more pixels than we take; width, height, limit_pixels",
    "encrypted": "protected by DRM; cannot be read without its key",
    "unsupported_container": "a media file of a kind that we do not read; found",
    "unsupported_codec": "picture or sound in a coding that we cannot decode; found",
    "transcript_unknown_type": "not one of the endings of transcripts; found, known",
    "transcript_too_large": "size_bytes, limit_bytes",
    "transcript_empty": "no words in it",
    "transcript_not_text": "binary data where text was expected",
    "transcript_broken": "cannot be read as what it seems to be; found: docx, ttml, json",
    "transcript_no_cues": "a file of subtitles without a single readable time",
}
"""Reason codes of `Refused` and what each means (for whoever translates them)."""

FAILURES: Mapping[str, str] = {
    "disk_full": "no space left while writing",
    "output_too_large": "a child wrote more than it may; limit_bytes when it is known",
    "timeout": "a child ran longer than it may; limit_s",
    "tool_failed": "a child ended with an error; tool, exit_code, said (last lines of stderr)",
    "tool_missing": "ffmpeg or ffprobe cannot be found or started; tool, tried",
    "short_output": "a rendition came out with a wrong length; rung, expected_s, found_s",
    "uneven_output": "the renditions' segments do not line up; rung",
    "bad_output": "a rendition is incomplete; rung, found",
}
"""Reason codes of `Failed` and what each means."""


class TranscodeError(Exception):
    """Root of this package's errors. `code` is stable; `details` are its arguments."""

    def __init__(self, code: str, details: Mapping[str, Detail] | None = None) -> None:
        self.code = code
        self.details: dict[str, Detail] = dict(details or {})
        super().__init__(code, self.details)

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value!r}" for key, value in self.details.items())
        return f"{self.code}({said})"


class Refused(TranscodeError):
    """The input is not something we will process; trying again cannot help. Codes: `REFUSALS`."""


class Failed(TranscodeError):
    """Good input, but the work did not succeed; trying again may help. Codes: `FAILURES`."""


class ToolFailed(Failed):
    """A child process ended with an exit code other than 0 (code `tool_failed`).

    `stderr_tail` is all that was kept of its words; the end of it is `details["said"]`.
    """

    def __init__(self, code: str, details: Mapping[str, Detail] | None = None, stderr_tail: str = "") -> None:
        super().__init__(code, details)
        self.stderr_tail = stderr_tail


class ToolMissing(Failed):
    """ffmpeg or ffprobe is not on this machine (code `tool_missing`)."""


class Cancelled(TranscodeError):
    """`should_stop` said so; the child has ended (code `cancelled`)."""

    def __init__(self, code: str = "cancelled", details: Mapping[str, Detail] | None = None) -> None:
        super().__init__(code, details)
