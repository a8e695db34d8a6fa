"""Which renditions a clip gets: pure decisions from facts to a plan."""

from dataclasses import dataclass

from transcode.probe import Facts


@dataclass(frozen=True)
class Rung:
    """One rendition with a picture."""

    name: str
    width: int
    height: int
    crf: int
    maxrate_bps: int
    audio_bps: int


@dataclass(frozen=True)
class Profile:
    """What may be chosen about an encode."""

    name: str = "lecture"
    preset: str = "veryfast"


@dataclass(frozen=True)
class Plan:
    """Everything that decides a clip's bytes; `digest` names it (12 hex characters)."""

    start_s: float
    duration_s: float
    rungs: tuple[Rung, ...]
    gain_db: float | None

    @property
    def digest(self) -> str:
        """The plan hash: equal plans, equal hash."""
        raise NotImplementedError


def plan_clip(
    facts: Facts,
    cut_start_s: float,
    cut_end_s: float,
    profile: Profile | None = None,
    *,
    integrated_lufs: float | None = None,
    true_peak_db: float | None = None,
) -> Plan:
    """Return the plan of one clip; pure. Loudness (from the audio pass) decides the gain."""
    raise NotImplementedError
