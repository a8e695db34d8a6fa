"""The sheet of a branch as a workbook, with a text for each person to paste into a chat."""

from __future__ import annotations

from library.access.coming_in import codes
from library.access.coming_in.starting import Card, Sheet
from library.core.clock import CHINA
from server.web.files import sheets
from server.web.files.sheets import Link
from server.web.language.formats import filters as formats
from server.web.language.i18n import N_, Catalogue

_HEADINGS = (
    N_("姓名"),
    N_("账号"),
    N_("党组织"),
    N_("开通码"),
    N_("链接"),
    N_("有效到"),
    N_("发给本人的话"),
)
_WIDTHS = (14, 18, 24, 16, 48, 14, 80)
_ABOUT = N_("链接和开通码只能本人用一次，请只发给本人；发完请删掉这个文件。")


def chat_text(card: Card, address: str, catalogue: Catalogue) -> str:
    """Return what is pasted into a chat for one person: the same words as on the page."""
    return catalogue.say(
        N_(
            "%(name)s 同志：请打开 %(url)s 设置密码，账号是 %(username)s。链接只能您本人用，用一次就作废，"
            "%(when)s 前有效。打不开的话，打开 %(start)s 输入 %(code)s。"
        ),
        name=card.name,
        url=f"{address}/welcome/{card.secret}",
        username=card.username,
        when=formats(catalogue, CHINA)["moment"](card.expires_at),
        start=f"{address}/start",
        code=codes.shown(card.code),
    )


def workbook(sheet: Sheet, node: str, address: str, catalogue: Catalogue) -> bytes:
    """Return the workbook of a sheet: nothing in it is ever a formula."""
    rows = [
        (
            card.name,
            card.username,
            card.node,
            codes.shown(card.code),
            Link(f"{address}/welcome/{card.secret}"),
            formats(catalogue, CHINA)["moment"](card.expires_at),
            chat_text(card, address, catalogue),
        )
        for card in sheet.cards
    ]
    return sheets.workbook(
        [
            sheets.Sheet(
                name=catalogue.say(N_("邀请")),
                headings=[catalogue.say(heading) for heading in _HEADINGS],
                rows=rows,
                widths=_WIDTHS,
                about=[node, catalogue.say(_ABOUT)],
                freeze=True,
                wrap_rows=True,
            )
        ]
    )
