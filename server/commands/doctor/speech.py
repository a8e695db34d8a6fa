"""Is there something to recognise speech with, and if not, what is missing? In one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from server.commands.doctor.check import Check
from server.settings import Settings
from server.web.language.formats import size
from server.web.language.i18n import N_
from speech.models import Kind, ModelUnusable, default_folder, usable

_SET_UP = N_("运行 python3 run.py setup --speech，或用 WEIKE_SPEECH_MODEL 指定别的模型文件夹。")
_COPY = N_("把整个模型文件夹重新复制一遍；自带的模型请运行 python3 run.py setup --speech。")

UNUSABLE: Mapping[str, tuple[str, str]] = {
    "model_missing": (N_("没有语音识别模型：找不到文件夹 %(folder)s。"), _SET_UP),
    "model_unknown": (
        N_("%(folder)s 里没有认得的语音识别模型。"),
        N_("换成 CTranslate2 的 Whisper（model.bin）或 sherpa-onnx 的模型（tokens.txt 和 model.onnx）。"),
    ),
    "model_incomplete": (N_("语音识别模型 %(folder)s 里缺少 %(file)s。"), _COPY),
    "model_cut": (N_("语音识别模型 %(folder)s 里的 %(file)s 不完整或已损坏。"), _COPY),
    "model_changed": (N_("语音识别模型 %(folder)s 里的 %(file)s 与当初放进去的不一样。"), _COPY),
    "model_english": (N_("%(folder)s 里的模型只懂英语。"), N_("换成多语言的模型。")),
    "extra_missing": (N_("没有安装语音识别所需的 %(package)s。"), _SET_UP),
}
"""What is found and what to do, by the codes of ``speech.models.ModelUnusable``."""


def check_speech(settings: Settings) -> Check:
    """Look at the model of the settings. That there is none is no fault where nobody asked for one."""
    try:
        model = usable(settings.speech_model)
    except ModelUnusable as error:
        message, todo = UNUSABLE[error.code]
        nobody_asked = settings.speech_model is None and error.code in ("model_missing", "extra_missing")
        if nobody_asked and not default_folder().exists():
            message = N_("没有安装语音识别：录像不会自动出字，讲稿的时间只能估计。")
            return Check("speech", "ok" if settings.speech == "never" else "warn", message, _SET_UP)
        return Check("speech", "bad", message, todo, dict(error.details))
    values = {"name": model.name, "licence": model.licence or "?", "size": size(model.size_bytes)}
    if model.kind is not Kind.WHISPER:
        said = N_(
            "%(name)s，%(size)s，许可：%(licence)s。sherpa-onnx 微课试过，"
            "训练好的模型没有试过，听得准不准不知道。"
        )
        return Check("speech", "warn", said, N_("先用 weike speech try FILE 看看效果。"), values)
    return Check("speech", "ok", N_("%(name)s，%(size)s，许可：%(licence)s。"), values=values)
