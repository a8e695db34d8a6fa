"""Letters over a real mail server: an address that is confirmed, a new password, and what goes wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.core.permits import Role
from library.outbox.rules import LetterState
from library.outbox.tables import Letter
from library.people import actions as people
from server.mail_server import MailServer, NotTaken
from server.secrets import SecretUnreadable, read_password
from server.settings import Settings
from tests.support import factories
from tests.support.mail_servers import PASSWORD, USER, Mailbox, mail_server
from tests.support.server import Served, free_port, in_thread, new_data, password, quickly_hashed

pytestmark = [
    pytest.mark.slow,
    # The mail server of the tests asks for passwords in the clear where a test has no certificate.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
    pytest.mark.filterwarnings("ignore:Session.login_data is deprecated"),
    pytest.mark.dear(30),
]
SITE = "http://weike.example"
LINK = re.compile(r"http://weike\.example(/\S+)")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Served]:
    """A library that sends letters."""
    data = new_data(tmp_path_factory.mktemp("mail") / "data")
    about = {"mail_server": f"smtp+plain://127.0.0.1:{mailbox.port}", "mail_from": "weike@example.cn"}
    with in_thread(data, public_url=SITE, **about) as running:
        yield running


def until(holds: Callable[[], bool]) -> None:
    """Wait for what the thread that sends does every few seconds."""
    ends_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.1)


def somebody(served: Served, name: str, language: str | None = None) -> str:
    with served.ports.db.write() as session:
        person = people.add_person(session, name, f"{name}同志", quickly_hashed(name), served.ports.clock())
        person.language = language
        people.grant(session, person.id, Role.MEMBER, factories.root(session), None, served.ports.clock())
        return person.id


def next_letter(mailbox: Mailbox, so_far: int) -> tuple[str, str, str]:
    """The letter after so many: to whom, its subject, its text."""
    until(lambda: len(mailbox.letters) > so_far)
    to, letter = mailbox.letters[so_far]
    return to, str(letter["Subject"]), letter.get_content()


def path_in(text: str) -> str:
    """Where the link of a letter leads on this site."""
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def test_from_an_address_to_a_new_password(served: Served, mailbox: Mailbox) -> None:
    somebody(served, "lifang")
    so_far = len(mailbox.letters)
    with served.person("lifang") as browser:
        assert "填邮箱" in browser.http.get("/account").text
        wrong = browser.post("/account/mail", address="li fang", old=password("lifang"))
        assert wrong.status_code == 422
        assert 'value="li fang"' in wrong.text, "what was typed stays"
        wrong = browser.post("/account/mail", address="li@example.cn", old="not the password")
        assert wrong.status_code == 422
        assert "not the password" not in wrong.text
        asked = browser.post("/account/mail", address="Li@Example.cn", old=password("lifang"))
        assert asked.status_code == 303
        assert "Li@example.cn" in browser.http.get("/account/mail").text
    to, subject, text = next_letter(mailbox, so_far)
    assert (to, subject) == ("Li@example.cn", "确认您的邮箱")
    link = path_in(text)
    with served.nobody() as reader:
        assert reader.post("/sign-in/forgotten", username="lifang").status_code == 303
        for _look in range(2):
            assert "是我的邮箱" in reader.http.get(link).text, (
                "mail programs open links: that confirms nothing"
            )
        assert reader.post(link).status_code == 303
        assert reader.post(link).status_code == 404
        told = reader.post("/sign-in/forgotten", username="LIFANG")
        to, subject, text = next_letter(mailbox, so_far + 1)
        assert (to, subject) == ("Li@example.cn", "设置新密码")
        assert "lifang同志" in text
        unknown = reader.post("/sign-in/forgotten", username="nobody-of-this-name")
        assert (told.status_code, told.headers["location"]) == (303, unknown.headers["location"])
        welcome = path_in(text)
        new = "换一句好记的话就很好"
        assert reader.post(welcome, username="", name="", password=new, again=new).status_code == 303
        assert reader.http.get("/account").status_code == 200
        assert reader.post(welcome, username="", name="", password=new, again=new).status_code == 404
    assert len(mailbox.letters) == so_far + 2, "no letter before the address was confirmed, none for nobody"


def test_a_letter_is_in_the_language_of_its_reader(served: Served, mailbox: Mailbox) -> None:
    somebody(served, "english", "en")
    so_far = len(mailbox.letters)
    with served.person("english") as browser:
        assert (
            browser.post("/account/mail", address="e@example.cn", old=password("english")).status_code == 303
        )
    _to, subject, text = next_letter(mailbox, so_far)
    assert subject == "Confirm your e-mail address"
    assert not re.search(r"[一-鿿]", text.replace("english同志", "").replace("党组织", ""))


def test_a_letter_that_was_refused_for_now_is_sent_when_the_server_is_well_again(
    served: Served, mailbox: Mailbox
) -> None:
    person_id, so_far = somebody(served, "zhao"), len(mailbox.letters)
    mailbox.answer = "451 4.3.0 try again"
    with served.person("zhao") as browser:
        assert browser.post("/account/mail", address="z@example.cn", old=password("zhao")).status_code == 303

    def letter() -> Letter:
        with served.ports.db.read() as session:
            return session.query(Letter).filter_by(person_id=person_id).one()

    until(lambda: bool(letter().problem))
    assert letter().state is LetterState.WAITING
    mailbox.answer = ""
    with served.ports.db.write() as session:
        session.get_one(Letter, letter().id).due_at = served.ports.clock()
    next_letter(mailbox, so_far)
    until(lambda: letter().state is LetterState.SENT)
    assert letter().text == ""


def test_an_address_that_does_not_exist_is_given_up_at_once(served: Served, mailbox: Mailbox) -> None:
    person_id = somebody(served, "qian")
    mailbox.answer = "550 5.1.1 no such user"
    with served.person("qian") as browser:
        browser.post("/account/mail", address="q@example.cn", old=password("qian"))

    def state() -> LetterState:
        with served.ports.db.read() as session:
            return session.query(Letter).filter_by(person_id=person_id).one().state

    until(lambda: state() is LetterState.GIVEN_UP)
    mailbox.answer = ""


def test_a_browser_left_open_lets_nobody_change_the_address_by_guessing(served: Served) -> None:
    somebody(served, "sun")
    with served.person("sun") as browser:
        answers = [
            browser.post("/account/mail", address="x@evil.example", old=f"guess {n}") for n in range(8)
        ]
    assert [one.status_code for one in answers].count(429) >= 1


def test_whoever_asks_too_often_waits_and_keeps_what_was_typed(served: Served) -> None:
    with served.nobody() as browser:
        assert browser.post("/sign-in/forgotten", username=" ").status_code == 422
        answers = [browser.post("/sign-in/forgotten", username=f"somebody-{n}") for n in range(25)]
    assert [one.status_code for one in answers[:10]] == [303] * 10
    waiting = next(one for one in answers if one.status_code == 429)
    assert int(waiting.headers["retry-after"]) > 0
    assert 'value="somebody-' in waiting.text


def test_without_a_mail_server_nothing_speaks_of_mail(tmp_path: Path) -> None:
    with in_thread(new_data(tmp_path / "data")) as plain, plain.nobody() as browser:
        assert "forgotten" not in browser.http.get("/sign-in").text
        assert browser.http.get("/sign-in/forgotten").status_code == 404


def server_at(port: int, scheme: str = "smtp+plain", user: str = "", secret: str = "") -> MailServer:
    at = f"{user}@" if user else ""
    return MailServer(f"{scheme}://{at}127.0.0.1:{port}", secret, "weike@example.cn", "党组织")


def test_a_password_is_shown_and_a_wrong_one_is_told_in_the_servers_words() -> None:
    with mail_server(password=True) as running:
        server_at(running.port, user=USER, secret=PASSWORD).look()
        with pytest.raises(NotTaken, match="535") as refused:
            server_at(running.port, user=USER, secret="wrong").look()
        assert not refused.value.for_good, "the password can be mended, and the letters then go"


def test_a_server_without_tls_gets_no_password_in_the_clear() -> None:
    with mail_server(password=True) as running, pytest.raises(NotTaken):
        server_at(running.port, scheme="smtp", user=USER, secret=PASSWORD).look()


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotTaken) as refused:
        server_at(free_port()).look()
    assert not refused.value.for_good


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_server": "http://mail.example.cn"},
        {"mail_server": "smtps://user:password@mail.example.cn"},
        {"mail_server": "smtps://mail.example.cn", "mail_from": ""},
        {"mail_server": "smtps://mail.example.cn", "public_url": ""},
        {"mail_from": "not an address"},
    ],
)
def test_settings_of_letters_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    good = {"mail_server": "smtps://u@mail.example.cn", "mail_from": "w@example.cn", "public_url": SITE}
    assert Settings(_env_file=None, **good).mail_server
    with pytest.raises(ValueError, match=r"WEIKE_MAIL|mail_|smtps"):
        Settings(_env_file=None, **{**good, **wrong})


def test_a_password_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    file.chmod(0o644)
    with pytest.raises(SecretUnreadable):
        read_password(file)
    file.chmod(0o600)
    assert read_password(file) == "secret"
