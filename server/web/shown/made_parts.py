"""Parts of pages made of what the library and the settings say; needed where no page is made, too."""

from __future__ import annotations

from urllib.parse import urlencode

from library.core.paging import Page
from server.settings import Settings
from server.web.parts import CountingRule, Pager


def counting_rule(settings: Settings) -> CountingRule:
    """Return the counting rule as it is printed: the settings themselves."""
    rule = settings.view_rule
    return CountingRule(
        min_s=rule.min_s,
        short_clip_s=rule.short_clip_s,
        short_share=rule.short_share,
        window_min=rule.window_min,
        complete_share=rule.complete_share,
        max_rate=rule.max_rate,
        slack_s=rule.slack_s,
        late_h=rule.late_h,
        beat_every_s=settings.beat_every_s,
        group_most=rule.group_most,
        group_lecturer_most=min(rule.group_most, max(rule.group_lecturer_most, rule.group_member_most)),
        group_member_most=min(rule.group_most, rule.group_member_most),
        group_hour=rule.group_hour,
        address_minute=rule.address_minute,
        address_clip_hour=rule.address_clip_hour,
    )


def pager(page: Page[object], path: str, **filters: object) -> Pager:
    """Return where we are in a list; empty filters are left out of its address, `path` may have a query."""
    chosen = urlencode({name: value for name, value in filters.items() if value})
    joint = "&" if "?" in path else "?"
    return Pager(
        page=page.number, pages=page.last, total=page.total, url=f"{path}{joint}{chosen}" if chosen else path
    )
