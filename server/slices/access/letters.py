"""What letters say, in the language of whoever gets them."""

from __future__ import annotations

from library.access.mail_rules import LINK_H
from library.core.errors import NotFound
from library.outbox.rules import Words
from library.people.tables import Person
from server.settings import Settings
from server.web.language.i18n import N_, SOURCE_LANGUAGE
from server.web.templating import Renderer

_CONFIRM = (
    N_("确认您的邮箱"),
    N_(
        "%(name)s，您好：\n\n有人（应该是您）在“%(site)s”的账号里填了这个邮箱。请打开下面的链接确认，"
        "%(hours)s 小时内有效：\n\n%(link)s\n\n不是您填的，不用理会这封信，什么都不会发生。"
    ),
)
_RESET = (
    N_("设置新密码"),
    N_(
        "%(name)s，您好：\n\n有人（应该是您）说忘了“%(site)s”的密码。打开下面的链接可以设一个新的，"
        "%(hours)s 小时内有效，只能用一次：\n\n%(link)s\n\n不是您要的，不用理会这封信：密码没有变。"
        "链接不要转给别人。"
    ),
)
_CHANGED = (
    N_("您的邮箱已换"),
    N_(
        "%(name)s，您好：\n\n您在“%(site)s”的账号改用了另一个邮箱，这里不会再收到信。\n\n"
        "不是您改的，请马上改密码，并告诉您所在支部的书记或管理员。"
    ),
)


class Letters:
    """Writes what a letter says; links begin with the settings' address, never with a visitor's host."""

    def __init__(self, renderer: Renderer, settings: Settings) -> None:
        self._renderer, self._site, self._base = renderer, settings.organisation, settings.base_url
        self._sent = bool(settings.mail_server)

    def check_sent(self) -> None:
        """Raise NotFound where the settings name nobody who sends letters: their pages are not there."""
        if not self._sent:
            raise NotFound

    def confirm(self, person: Person, secret: str) -> Words:
        """The letter to an address that waits to be confirmed."""
        return self._words(_CONFIRM, person, f"/account/mail/{secret}")

    def reset(self, person: Person, secret: str) -> Words:
        """The letter with a link for a new password."""
        return self._words(_RESET, person, f"/welcome/{secret}")

    def changed(self, person: Person, _secret: str) -> Words:
        """The letter to the address before."""
        return self._words(_CHANGED, person, "")

    def _words(self, texts: tuple[str, str], person: Person, path: str) -> Words:
        language = "en" if person.language == "en" else SOURCE_LANGUAGE
        said = self._renderer.catalogue(language).say
        name = person.name or person.username
        values = {"name": name, "site": self._site, "hours": LINK_H, "link": f"{self._base}{path}"}
        return Words(said(texts[0]), said(texts[1], **values))
