"""What doctor looks at of the machine: programs, folders, the disk, secrets, the address."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from library.core.ids import new_id
from server import private
from server.addresses import bare_host
from server.commands.doctor.check import Check
from server.settings import Settings
from server.web.files.assets import AssetsMissingError, load_assets
from server.web.language.formats import size
from server.web.language.i18n import N_
from transcode.errors import TranscodeError
from transcode.tools import find_tools, missing_encoders

_MUCH_FREE = 5
_NAMED = 5


_STATIC = Path(__file__).parents[2] / "static"


def check_tools(settings: Settings) -> Iterator[Check]:
    """Look for ffmpeg and ffprobe, and at the encoders they have."""
    todo = N_("安装 ffmpeg（Debian：sudo apt install ffmpeg），或运行 python3 run.py setup。")
    try:
        tools = find_tools(settings.ffmpeg, settings.ffprobe)
        missing = missing_encoders(tools)
    except TranscodeError as error:
        tool = str(error.details.get("tool", "ffmpeg"))
        yield Check("ffmpeg", "bad", N_("找不到能用的 %(tool)s。"), todo, {"tool": tool})
        return
    for name, path, version in (
        ("ffmpeg", tools.ffmpeg, tools.ffmpeg_version),
        ("ffprobe", tools.ffprobe, tools.ffprobe_version),
    ):
        yield Check(name, "ok", N_("%(version)s（%(path)s）"), values={"version": version, "path": str(path)})
    if missing:
        yield Check(
            "codecs",
            "bad",
            N_("这个 ffmpeg 缺少编码器：%(missing)s。"),
            N_("换一个完整的 ffmpeg，或不设 WEIKE_FFMPEG，改用自带的。"),
            {"missing": ", ".join(missing)},
        )
    else:
        yield Check("codecs", "ok", N_("需要的编码器都有。"))


def check_built_pages() -> Check:
    """Look whether the scripts and styles of the pages were built."""
    try:
        load_assets(_STATIC)
    except AssetsMissingError:
        return Check("pages", "bad", N_("网页的脚本和样式还没有生成。"), N_("运行 python3 run.py setup。"))
    return Check("pages", "ok", N_("网页的脚本和样式已生成。"))


def check_folder(settings: Settings) -> Check:
    """Look whether the data folder can be written, and by whom."""
    folder = settings.data
    values = {"folder": str(folder.absolute())}
    if not folder.exists():
        return Check("data", "warn", N_("%(folder)s 还不存在，第一次启动时会建立。"), values=values)
    probe = folder / f".doctor-{new_id()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return Check(
            "data",
            "bad",
            N_("%(folder)s 不能写入。"),
            N_("把它的所有者改为运行微课的用户。"),
            values,
        )
    if folder.stat().st_mode & stat.S_IWOTH:
        return Check("data", "bad", N_("%(folder)s 谁都可以写入。"), N_("运行 chmod o-w %(folder)s"), values)
    return Check("data", "ok", N_("%(folder)s 可以写入。"), values=values)


def check_disk(settings: Settings) -> Check:
    """Look at what is free of the disk."""
    folder = settings.data
    while not folder.exists():
        folder = folder.absolute().parent
    free = shutil.disk_usage(folder).free
    values = {"free": size(free), "keep": size(settings.keep_free_bytes)}
    if free <= settings.keep_free_bytes:
        return Check(
            "disk",
            "bad",
            N_("只剩 %(free)s，低于保留的 %(keep)s，不再收录像。"),
            N_("腾出空间，或换更大的磁盘。"),
            values,
        )
    if free < _MUCH_FREE * settings.keep_free_bytes:
        return Check("disk", "warn", N_("还剩 %(free)s。"), N_("请尽快腾出空间。"), values)
    return Check("disk", "ok", N_("还剩 %(free)s。"), values=values)


def check_secret(name: str, file: Path) -> Check:
    """Look at a file of secrets: whether it can be used, and who may read it."""
    values = {"file": str(file)}
    try:
        mode = file.stat().st_mode
        # The present secret, and the one before.
        lines = file.read_text().strip().splitlines()
        readable = 1 <= len(lines) <= 2 and all(len(line) >= 32 for line in lines)
    except FileNotFoundError:
        return Check(name, "warn", N_("%(file)s 还没有，第一次启动时会生成。"), values=values)
    except OSError:
        return Check(name, "bad", N_("%(file)s 读不了。"), N_("把它的所有者改为运行微课的用户。"), values)
    if not readable:
        return Check(name, "bad", N_("%(file)s 里没有可用的密钥。"), N_("删去这个文件，会重新生成。"), values)
    if mode & stat.S_IRWXO:
        return Check(name, "bad", N_("%(file)s 谁都可以读取。"), N_("运行 chmod 600 %(file)s"), values)
    if mode & stat.S_IRWXG:
        return Check(
            name,
            "warn",
            N_("%(file)s 同组的用户可以读取。"),
            N_("除非 nginx 要读它，请运行 chmod 600 %(file)s"),
            values,
        )
    return Check(name, "ok", N_("只有所有者能读取。"), values=values)


def check_address(settings: Settings) -> Check:
    """Look at the address that links begin with."""
    values = {"url": settings.base_url}
    if settings.public_url:
        return Check("address", "ok", N_("链接以 %(url)s 开头。"), values=values)
    if bare_host(settings.host) in ("127.0.0.1", "localhost", "::1"):
        message = N_("只有这台机器能打开 %(url)s。")
        todo = N_("要让别人打开，请设 WEIKE_HOST=0.0.0.0，并把 WEIKE_PUBLIC_URL 设为他们用的网址。")
        return Check("address", "warn", message, todo, values)
    message = N_("没有设 WEIKE_PUBLIC_URL，打印的链接会以 %(url)s 开头，别人未必打得开。")
    return Check("address", "warn", message, N_("把 WEIKE_PUBLIC_URL 设为人们打开的网址。"), values)


def check_modes(settings: Settings) -> Check:
    """Look whether others than the owner may read what lies in the data folder."""
    found = private.too_open(settings)
    if not found:
        return Check("modes", "ok", N_("别的用户看不到资料库的文件。"))
    values = {"which": "、".join(map(str, found[:_NAMED])), "folder": str(settings.data.absolute())}
    # Below a folder that is closed nobody reaches what is open in it.
    reached = settings.data in found or any(settings.data not in path.parents for path in found)
    return Check(
        "modes",
        "bad" if reached else "warn",
        N_("没有只限所有者的文件：%(which)s。"),
        N_("用运行微课的用户重新启动，会自动收紧；不行的话运行 chmod -R go-rwx %(folder)s。"),
        values,
    )
