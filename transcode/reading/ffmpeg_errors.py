"""What ffmpeg and ffprobe say about a recording, as a refusal: trying again does not mend a file."""

from __future__ import annotations

from transcode.errors import Refused, ToolFailed

MAX_STREAMS = 100
"""A broadcast carries a few dozen; a file with thousands only costs time and memory."""

TOO_MANY_ERRORS = 69
"""ffmpeg's exit code when more than two thirds of a stream could not be decoded (-max_error_rate)."""

_NOTHING_CAME = (
    *("received no packets", "Output file is empty", "Nothing was written into output file"),
    "Cannot determine format of input",  # of a picture not one frame could be decoded
)
_NO_DECODER = ("Decoder (codec", "Decoding requested, but no decoder")
_CHANGED = "Changing audio frame properties on the fly is not supported"


def ffmpeg_refusal(error: ToolFailed) -> Refused | None:
    """Return why the recording made ffmpeg end: unsupported_codec, sound_changes, damaged; else None."""
    said, exit_code = error.stderr_tail, error.details["exit_code"]
    if not isinstance(exit_code, int) or exit_code < 0:  # killed by a signal
        return None
    if any(words in said for words in _NO_DECODER):
        codec = said.partition("Decoder (codec ")[2].partition(")")[0]
        return Refused("unsupported_codec", {"found": codec or "unknown"})
    if _CHANGED in said:
        return Refused("sound_changes")
    if exit_code == TOO_MANY_ERRORS or any(words in said for words in _NOTHING_CAME):
        return Refused("damaged")
    return None


def ffprobe_refusal(error: ToolFailed) -> Refused | None:
    """Return why the recording made ffprobe end: truncated, too_many_streams, encrypted, nothing_playable.

    None when ffprobe itself is what failed.
    """
    said, exit_code = str(error.details["said"]), error.details["exit_code"]
    if not isinstance(exit_code, int) or exit_code < 0:
        return None
    if "moov atom not found" in said or "End of file" in said:
        return Refused("truncated")
    if "max_streams" in said:
        return Refused("too_many_streams", {"limit": MAX_STREAMS})
    if "DRM" in said or "encrypted" in said.lower():
        return Refused("encrypted")
    return Refused("nothing_playable")
