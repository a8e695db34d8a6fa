"""When a play counts as a view, and how long single plays and searches are kept."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from library.plays.rules import SPEEDS


class CountingSettings(BaseSettings):
    """When a play counts as a view, and how long single plays and searches are kept."""

    view_min_s: float = Field(default=10.0, gt=0, description="Seconds really played that make a view.")
    view_short_clip_s: float = Field(
        default=20.0, ge=0, description="Clips shorter than this need a share only."
    )
    view_short_share: float = Field(
        default=0.5, gt=0, le=1, description="The share of a short clip that makes a view."
    )
    view_window_min: int = Field(
        default=60, ge=1, description="Minutes in which a viewer's clip counts once."
    )
    view_max_rate: float = Field(
        default=max(SPEEDS),
        ge=1,
        le=4,
        description="How many times as fast as the clock playing is believed.",
    )
    view_slack_s: float = Field(
        default=2.0, ge=0, le=60, description="Seconds believed beyond the clock, for slow networks."
    )
    view_group_most: int = Field(
        default=500, ge=2, le=100_000, description="The most people that a screening by staff may declare."
    )
    view_group_lecturer_most: int = Field(
        default=200,
        ge=2,
        le=100_000,
        description="The most people that a screening by a lecturer may declare.",
    )
    view_group_member_most: int = Field(
        default=60, ge=2, le=100_000, description="The most people that a screening by a member may declare."
    )
    view_group_hour: int = Field(
        default=6,
        ge=1,
        le=1000,
        description="How many such screenings full of people one branch may declare in an hour, in people.",
    )
    view_address_minute: int = Field(
        default=10,
        ge=0,
        le=10_000,
        description="Views of people without an account that count in a minute from one address; 0: all.",
    )
    view_address_clip_hour: int = Field(
        default=60,
        ge=0,
        le=100_000,
        description="Views of people without an account that count in an hour from one address for one clip; "
        "0: all.",
    )
    visitors_address_minute: int = Field(
        default=20,
        ge=0,
        le=10_000,
        description="New visitors a minute from one address, three minutes' worth at once; more of them are "
        "counted together as one. 0: any number.",
    )
    complete_share: float = Field(
        default=0.9, gt=0, le=1, description="The share of a clip that a viewer has seen who completed it."
    )
    beat_every_s: float = Field(default=10.0, ge=1, description="How often a player reports.")
    beat_late_h: int = Field(
        default=24, ge=1, le=720, description="Hours after a play's beginning in which reports are taken."
    )
    beat_gather_ms: float = Field(
        default=100.0, ge=0, le=5000, description="How long reports wait for others to be written together."
    )
    beat_queue: int = Field(
        default=20_000, ge=1, description="How many reports may wait; more are told to come again."
    )

    roll_up_after_s: float = Field(
        default=60.0, ge=0, description="Seconds after the start before days that are over are rolled up."
    )
    keep_plays_days: int = Field(
        default=400,
        ge=7,
        le=36_500,
        description="Days for which single plays are kept; views, sums and curves stay.",
    )
    keep_watchers_days: int = Field(
        default=800,
        ge=30,
        le=36_500,
        description="Days for which it is kept what a viewer has seen of a clip, from the last time on.",
    )

    query_searchers: int = Field(
        default=3,
        ge=2,
        description="People who must search for the same on one day before it is offered to others.",
    )
    keep_queries_days: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="Days for which it is kept how many people searched for what; 0: nothing is counted.",
    )
