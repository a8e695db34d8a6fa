"""The mail server that takes letters: how it is reached, and what its answers mean."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from urllib.parse import unquote, urlsplit

from library.core.clock import utc_now
from library.outbox.rules import Words
from server.setting_groups.mail import MAIL_PORTS

_PATIENCE_S = 20.0
"""So long each answer may take (RFC 5321, 4.5.3.2, allows minutes; a letter is tried again)."""


@dataclass(frozen=True)
class NotTaken(Exception):
    """A letter was not taken: what the server said, and whether it will never take it."""

    said: str
    for_good: bool = False


_Act = Callable[[smtplib.SMTP], object]


class MailServer:
    """A mail server; knows how to send, and nothing of what is sent."""

    def __init__(self, url: str, password: str, sender: str, name: str) -> None:
        """`url`: as settings.mail_server; `sender`: where letters come from, `name` whose it is."""
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or MAIL_PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), password
        self._sender, self._name = sender, name

    def look(self) -> None:
        """Reach the server and sign in, and send nothing; raises NotTaken."""
        self._with_connection(lambda connection: None)

    def send(self, address: str, words: Words) -> None:
        """Send one letter; returned means that the server has taken it. Raises NotTaken."""
        letter = EmailMessage()
        letter["From"] = formataddr((self._name, self._sender))
        letter["To"] = address
        letter["Subject"] = words.subject
        letter["Date"] = format_datetime(utc_now())
        letter["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note answers it
        letter.set_content(words.text, cte="base64")

        def hand_over(connection: smtplib.SMTP) -> None:
            connection.send_message(letter, self._sender, [address])

        self._with_connection(hand_over)

    def _with_connection(self, act: _Act) -> None:
        try:
            with self._connected() as connection:
                act(connection)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise NotTaken(_said(code, said), for_good=code >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            raise NotTaken(_said(error.smtp_code, error.smtp_error)) from error  # the password can be mended
        except smtplib.SMTPResponseException as error:
            for_good = error.smtp_code >= 500 and isinstance(error, smtplib.SMTPDataError)
            raise NotTaken(_said(error.smtp_code, error.smtp_error), for_good) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{type(error).__name__}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_PATIENCE_S, context=context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=_PATIENCE_S)
        try:
            if self._scheme == "smtp":
                connection.starttls(context=context)
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def _said(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
