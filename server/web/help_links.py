"""Which chapter of the manual tells about a page: the "?" at the foot of every page leads there."""

from __future__ import annotations

from library.core.permits import Role, Viewer
from server.web.parts import Frame, Language

_BY_ROLE = (
    (Role.ADMIN, "administrator"),
    (Role.STAFF, "staff"),
    (Role.SECRETARY, "secretary"),
    (Role.LECTURER, "lecturer"),
)

PLACES = (
    ("/system/settings", "administrator#设置"),
    ("/system/branding", "administrator#名称和样子"),
    ("/system/storage", "administrator#空间和队列"),
    ("/system/jobs", "administrator#空间和队列"),
    ("/system/licences", "administrator#许可"),
    ("/system/audit", "administrator#每天看一眼"),
    ("/system", "administrator#备份与升级"),
    ("/organisation", "administrator#建组织树"),
    ("/desk", "staff#几节课一起改"),
    ("/review", "staff#发布一节课"),
    ("/people", "staff#管人"),
    ("/invitations", "staff#邀请人"),
    ("/vocabulary", "staff#搜索与词库"),
    ("/stats", "staff#统计"),
    ("/calls", "staff#征集"),
    ("/programme", "secretary#安排每周主题"),
    ("/mondays", "secretary#安排每周主题"),
    ("/gatherings", "secretary#在大屏上放课"),
    ("/upload", "lecturer#上传一堂课"),
    ("/mine", "lecturer#看处理进度"),
    ("/books", "member#学习档案"),
    ("/reflections", "member#写心得"),
    ("/search", "member#找讲过的话"),
    ("/counting", "member#观看次数与个人资料"),
    ("/account", "member#观看次数与个人资料"),
    ("/suggestions", "member#提意见"),
    ("/sign-in", "member#第一次登录"),
    ("/lessons", "member#看课"),
    ("/clips", "member#看课"),
)
"""By the beginning of a page's path, the first that fits: the chapter, and its heading."""

_OF_LESSONS = (
    ("/progress", "lecturer#看处理进度"),
    ("/cut", "lecturer#改分段"),
    ("/transcripts", "lecturer#文稿与字幕"),
    ("/words", "lecturer#校对字幕"),
    ("/compare", "lecturer#两份字幕对照着选"),
    ("/stats", "lecturer#看统计"),
)
"""By the end of a path under /lessons/."""

PLACES_OF_ENDS = _OF_LESSONS


def chapter_for(viewer: Viewer) -> str:
    """Return the chapter of whoever reads, by the highest role they hold."""
    return next((chapter for role, chapter in _BY_ROLE if viewer.has(role)), "member")


def help_at(path: str, language: Language) -> str:
    """Return the address of what the manual says about a page; without a place of its own, of the contents.

    In English the manual is one page."""
    if language != "zh-CN":
        return "/help/en"
    bare = path.partition("?")[0]
    if bare.startswith("/lessons/"):
        for end, place in _OF_LESSONS:
            if bare.endswith(end):
                return f"/help/{place}"
    for beginning, place in PLACES:
        if bare == beginning or bare.startswith(f"{beginning}/"):
            return f"/help/{place}"
    return "/help"


def help_of(frame: Frame) -> str:
    """Return the same for a page's frame."""
    return help_at(frame.path, frame.language)
