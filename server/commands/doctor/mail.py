"""Does the mail server let us in, and do letters get away?"""

from __future__ import annotations

from library.core.database import Database
from library.outbox import queries
from server.commands.doctor.check import Check
from server.mail_server import NotTaken
from server.secrets import SecretUnreadable
from server.settings import Settings
from server.web.language.i18n import N_
from server.wiring import open_mail_server


def check_mail_server(settings: Settings) -> Check:
    """Reach the mail server and sign in; nothing is sent."""
    values: dict[str, object] = {"server": settings.mail_server.rpartition("@")[2] or settings.mail_server}
    try:
        server = open_mail_server(settings)
        if server is not None:
            server.look()
    except (NotTaken, SecretUnreadable) as error:
        said = error.said if isinstance(error, NotTaken) else str(error)
        return Check(
            "mail",
            "bad",
            N_("邮件服务器 %(server)s 不能用：%(said)s"),
            N_("检查 WEIKE_MAIL_SERVER、密码文件和网络；修好以后，等着的信会自己发出。"),
            {**values, "said": said},
        )
    return Check("mail", "ok", N_("邮件服务器 %(server)s 有回应。"), values=values)


def check_letters(db: Database) -> Check:
    """Look at letters that wait and that were given up."""
    with db.read() as session:
        found = queries.standing(session)
    values: dict[str, object] = {
        "waiting": found.waiting,
        "given_up": found.given_up,
        "said": found.problem,
    }
    if found.given_up or found.problem:
        message = N_("%(waiting)s 封信等着发，近 30 天有 %(given_up)s 封没能发出；服务器最后说：%(said)s")
        return Check("letters", "warn", message, N_("运行 weike mail test 地址，看看哪里不通。"), values)
    return Check("letters", "ok", N_("没有发不出的信；%(waiting)s 封等着发。"), values=values)
