"""Numbers, sizes, times and dates as people write them, in one language: the filters of the templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from server.web.language.i18n import N_, Catalogue

MINUTE_S = 60
HOUR_S = 3600
MONTH_DAY = {"zh_Hans_CN": "M月d日", "en_GB": "d MMM"}
YEAR_MONTH = {"zh_Hans_CN": "y年M月", "en_GB": "MMM y"}


def clock(seconds: float) -> str:
    """A place in a recording: 0:07, 12:34, 1:02:03."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, MINUTE_S)
    hours, minutes = divmod(minutes, MINUTE_S)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def duration_words(seconds: float, catalogue: Catalogue) -> str:
    """How long something takes, to the precision that people care for."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, HOUR_S)
    minutes, rest_s = divmod(rest, MINUTE_S)
    if hours:
        if not minutes:
            return catalogue.say(N_("%(hours)s 小时"), hours=hours)
        return catalogue.say(N_("%(hours)s 小时 %(minutes)s 分钟"), hours=hours, minutes=minutes)
    if not minutes:
        return catalogue.say(N_("%(seconds)s 秒"), seconds=rest_s)
    if minutes >= 10 or not rest_s:
        # Past ten minutes nobody asks for the seconds.
        return catalogue.say(N_("%(minutes)s 分钟"), minutes=minutes + (rest_s >= MINUTE_S / 2))
    return catalogue.say(N_("%(minutes)s 分 %(seconds)s 秒"), minutes=minutes, seconds=rest_s)


def watched_words(seconds: float, catalogue: Catalogue) -> str:
    """How much was watched by many together: from an hour on in hours, to be compared."""
    if seconds < HOUR_S:
        return duration_words(seconds, catalogue)
    hours = seconds / HOUR_S
    written = format_decimal(hours, format="#,##0.#" if hours < 10 else "#,##0", locale=catalogue.locale)
    return catalogue.say(N_("%(hours)s 小时"), hours=written)


def percent_words(value: float, catalogue: Catalogue) -> str:
    """A part of a whole, 0 to 100, without decimals."""
    return format_percent(value / 100, format="0%", locale=catalogue.locale)


def size(count_bytes: float) -> str:
    """A file's size: 640 KB, 1.4 GB (1024 to each step, as file managers show it)."""
    value = float(count_bytes)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit in ("B", "KB") or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"


def _count(number: int, locale: str) -> str:
    """A count in full up to 9,999, and shortened above: 1.2万, 12K."""
    if abs(number) < 10_000:
        return format_decimal(number, locale=locale)
    return format_compact_decimal(number, locale=locale, fraction_digits=1)


# In this order: each browser's header also names the ones it descends from.
_BROWSERS = (
    ("MicroMessenger", N_("微信")),
    ("DingTalk", N_("钉钉")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def week_words(week: str, catalogue: Catalogue) -> str:
    """A week's name for people: 2026 年第 11 周 for 2026-W11. What is no such name stays as it is."""
    year, mark, number = week.partition("-W")
    if not (mark and number.isdigit()):
        return week
    return catalogue.say(N_("%(year)s 年第 %(number)s 周"), year=year, number=int(number))


def week_span(week: str, catalogue: Catalogue) -> str:
    """A week's number and its days: 第 49 周（11月30日—12月6日） for 2026-W49; what is no such name stays."""
    try:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return week
    first, last = (
        format_date(one, format=MONTH_DAY[catalogue.locale], locale=catalogue.locale)
        for one in (monday, monday + timedelta(days=6))
    )
    number = int(week.partition("-W")[2])
    return catalogue.say(N_("第 %(number)s 周（%(first)s—%(last)s）"), number=number, first=first, last=last)


def device_words(agent: str, catalogue: Catalogue) -> str:
    """What a User-Agent header says to its owner: 微信 · Android."""
    names = [
        next((catalogue.say(name) for sign, name in known if sign in agent), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in names if name) or catalogue.say(N_("未知设备"))


def filters(catalogue: Catalogue, zone: tzinfo) -> Mapping[str, Callable[..., str]]:
    """The filters of one language, by the names templates use. `zone` is where the readers' clocks stand."""
    locale = catalogue.locale

    def day(value: date) -> str:
        return format_date(value, format="long", locale=locale)

    def short_day(value: date) -> str:
        return format_date(value, format=MONTH_DAY[locale], locale=locale)

    def moment(value: datetime) -> str:
        pattern = "yyyy-MM-dd HH:mm" if catalogue.language == "zh-CN" else "d MMM yyyy, HH:mm"
        return format_datetime(value, format=pattern, tzinfo=zone, locale=locale)

    def week(value: str) -> str:
        return week_words(value, catalogue)

    def days_of_week(value: str) -> str:
        return week_span(value, catalogue)

    def span(start: datetime, end: datetime | None) -> str:
        if end is None:
            return moment(start)
        if start.astimezone(zone).date() != end.astimezone(zone).date():
            return f"{moment(start)} – {moment(end)}"
        return f"{moment(start)}–{format_datetime(end, format='HH:mm', tzinfo=zone, locale=locale)}"

    def duration(value: float) -> str:
        return duration_words(value, catalogue)

    def count(value: int) -> str:
        return _count(value, locale)

    def watched(value: float) -> str:
        return watched_words(value, catalogue)

    def number(value: int) -> str:
        return format_decimal(value, locale=locale)

    def month(value: date) -> str:
        return format_date(value, format=YEAR_MONTH[locale], locale=locale)

    def percent(value: float) -> str:
        return percent_words(value, catalogue)

    def device(agent: str) -> str:
        return device_words(agent, catalogue)

    return {
        "device": device,
        "clock": clock,
        "duration": duration,
        "size": size,
        "count": count,
        "number": number,
        "watched": watched,
        "month": month,
        "percent": percent,
        "day": day,
        "short_day": short_day,
        "moment": moment,
        "week": week,
        "week_span": days_of_week,
        "span": span,
    }
