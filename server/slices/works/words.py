"""What levels of honours and forms of files are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "honour_level": {
        "national": N_("国家级"),
        "provincial": N_("省级"),
        "city": N_("市级"),
        "county": N_("县级"),
        "town": N_("乡镇级"),
    },
    "file_format": {
        "pdf": "PDF",
        "docx": "Word",
        "xlsx": "Excel",
        "pptx": "PowerPoint",
        "png": N_("图片"),
        "jpeg": N_("图片"),
        "gif": N_("图片"),
        "webp": N_("图片"),
    },
}
