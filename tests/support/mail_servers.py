"""A real mail server on this machine that keeps what it takes (aiosmtpd)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.server import free_port

USER, PASSWORD = "weike", "only-for-tests"


@dataclass
class Mailbox:
    """What the server has taken, and what it answers to a letter ("" it takes it)."""

    port: int
    answer: str = ""
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it so)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say what the test wants said."""
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter."""
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)  # type: ignore[arg-type]
        self.letters.append((envelope.rcpt_tos[0], letter))
        return "250 taken"


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, password: bool = False) -> Iterator[Mailbox]:
    """Run a mail server; `tls`: STARTTLS must be used, `password`: USER and PASSWORD must be shown."""
    mailbox = Mailbox(free_port())

    def check(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        fits = isinstance(said, LoginPassword) and said == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=False)  # the server says 535

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=check if password else None,
        auth_required=password,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
