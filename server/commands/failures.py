"""From an error to one sentence and an exit code: 2 for bad input, 1 for failure.

Errors are known by the module and the name of their class: to ask for the class itself would load the job
machinery, the transcoder and the index for every command that fails for another reason.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass

import typer
from pydantic import ValidationError

from library.core.errors import Away, WeikeError
from library.core.patience import PATIENCE_S
from server.keeping.errors import KeepingFailed
from server.web.files.assets import AssetsMissingError
from server.web.language.i18n import N_, Catalogue
from server.web.language.phrases import SlicesClash
from transcode.errors import Refused, TranscodeError

FAILED, BAD_INPUT = 1, 2
_NO_ROOM = ("disk_room", "disk_full")


class Failure(Exception):
    """A command cannot do what was asked: a sentence marked with N_, its values, and the exit code."""

    def __init__(self, sentence: str, exit_code: int, **values: object) -> None:
        self.sentence, self.exit_code, self.values = sentence, exit_code, values
        super().__init__(sentence)


class Reason(Exception):
    """A command cannot do what was asked, for a reason that has a code."""

    def __init__(self, code: str, values: Mapping[str, object], exit_code: int) -> None:
        self.code, self.values, self.exit_code = code, values, exit_code
        super().__init__(code)


@dataclass(frozen=True)
class Said:
    """What is printed, and the exit code."""

    line: str
    exit_code: int


def said(error: BaseException, catalogue: Catalogue) -> Said:
    """Put any error into one line.

    Where the slices clash, no code has a sentence: the clash itself is said, whatever else went wrong.
    """
    try:
        return _said(error, catalogue)
    except SlicesClash as clash:
        return _said(clash, catalogue)


def _said(error: BaseException, catalogue: Catalogue) -> Said:
    if isinstance(error, Failure):
        return Said(catalogue.say(error.sentence, **error.values), error.exit_code)
    if isinstance(error, Reason):
        return Said(_explained(error.code, error.values, catalogue), error.exit_code)
    if isinstance(error, WeikeError):
        return Said(
            _explained(error.code, error.values, catalogue),
            FAILED if error.code in _NO_ROOM or isinstance(error, Away) else BAD_INPUT,
        )
    if isinstance(error, KeepingFailed):
        return Said(_explained(error.code, error.values, catalogue), error.exit_code)
    if isinstance(error, TranscodeError):
        code = BAD_INPUT if isinstance(error, Refused) else FAILED
        return Said(_explained(error.code, error.details, catalogue), code)
    if _is(error, "library.finding.indexer", "IndexUnavailable"):
        return Said(_explained(str(getattr(error, "code", "")), {}, catalogue), FAILED)
    if isinstance(error, typer.TyperException):
        return Said(_usage(error, catalogue), BAD_INPUT)
    return _of_the_machine(error, catalogue)


def _of_the_machine(error: BaseException, catalogue: Catalogue) -> Said:
    if _is(error, "server.background.worker", "WorkerBusy"):
        return Said(catalogue.say(N_("这个资料库已经有一个处理进程在运行，同一时间只能有一个。")), FAILED)
    if _is(error, "server.web.middleware.prefix", "PrefixTaken"):
        sentence = N_("WEIKE_PUBLIC_URL 里的路径 %(prefix)s 和网站自己的网址分不清。请换一个，例如 /weike。")
        return Said(catalogue.say(sentence, prefix=getattr(error, "prefix", "")), BAD_INPUT)
    if isinstance(error, SlicesClash):
        sentence = N_(
            "这份程序自己有冲突，不能启动：%(said)s。"
            "请重新安装完整的一份；如果改过程序，请先运行 make check。"
        )
        return Said(catalogue.say(sentence, said=error), FAILED)
    if _is(error, "server.tracing", "TracingMissing"):
        sentence = N_(
            "设置了 WEIKE_OTEL_URL，但没有安装 %(name)s。请运行 pip install --require-hashes "
            "-r requirements/otel.txt，或者去掉这项设置。"
        )
        return Said(catalogue.say(sentence, name=getattr(error, "name", "")), FAILED)
    if _is(error, "server.secrets", "SecretUnreadable"):
        return Said(catalogue.say(N_("密钥文件不能用：%(said)s"), said=error), FAILED)
    if isinstance(error, AssetsMissingError):
        return Said(catalogue.say(N_("网页的脚本和样式还没有生成，请先运行 python3 run.py setup。")), FAILED)
    if isinstance(error, ValidationError):
        return Said(catalogue.say(N_("设置不能用：%(said)s"), said=_settings(error)), BAD_INPUT)
    if _is_busy(error):
        sentence = N_(
            "资料库正被别的程序占用（多半是备份），等了 %(wait_s)s 秒还没有轮到，所以没有完成。"
            "请等它结束再运行一次。"
        )
        return Said(catalogue.say(sentence, wait_s=round(PATIENCE_S)), FAILED)
    if _is(error, "sqlalchemy.exc", "OperationalError"):
        first = str(getattr(error, "orig", "")).strip().splitlines()[:1]
        return Said(catalogue.say(N_("数据库打不开：%(said)s"), said="".join(first)), FAILED)
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Said(_explained("disk_full", {}, catalogue), FAILED)
        name = f"{error.filename}: " if error.filename else ""
        return Said(
            catalogue.say(N_("读写文件时出错：%(said)s"), said=f"{name}{error.strerror or error}"), FAILED
        )
    kind = type(error).__name__
    sentence = N_("出了意料之外的错（%(kind)s：%(said)s）。加上 --verbose 再运行一次可以看到详情。")
    # The first line only: what follows may be whole statements with their values.
    first = str(getattr(error, "orig", None) or error).strip().splitlines()[:1]
    return Said(catalogue.say(sentence, kind=kind, said="".join(first)[:200]), FAILED)


def _is(error: BaseException, module: str, name: str) -> bool:
    return any((kind.__module__, kind.__name__) == (module, name) for kind in type(error).__mro__)


def _is_busy(error: BaseException) -> bool:
    from library.core.database import is_busy

    return is_busy(error)


def _explained(code: str, values: Mapping[str, object], catalogue: Catalogue) -> str:
    from server.web.language.words import explain

    reason = explain(code, values, catalogue)
    field = values.get("field")
    # A row or a command has many fields: the sentence alone would leave open which one is meant.
    where = f"{field}: " if isinstance(field, str) and field not in ("file", "manifest") else ""
    between = "" if catalogue.language == "zh-CN" or not reason.todo else " "
    return f"{where}{reason.message}{between}{reason.todo}"


def _settings(error: ValidationError) -> str:
    return "; ".join(
        f"WEIKE_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors()
    )


def _usage(error: typer.TyperException, catalogue: Catalogue) -> str:
    """Put a mistake in the command itself into a sentence; the details are Typer's, in English."""
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    name = parameter.get_error_hint() if parameter is not None else ""
    if kind == "MissingParameter" and name:
        return catalogue.say(N_("命令里缺少 %(name)s，加上 --help 可以看用法。"), name=name)
    if kind == "NoSuchOption":
        return catalogue.say(
            N_("没有 %(name)s 这个选项，加上 --help 可以看用法。"), name=getattr(error, "option_name", "")
        )
    return catalogue.say(
        N_("命令写得不对（%(said)s），加上 --help 可以看用法。"), said=error.format_message()
    )
