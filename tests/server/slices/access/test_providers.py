"""Signing in through others: a real OpenID provider, one that lies, CAS, 企业微信; and who is let in."""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from library.access import links as access_links
from library.access.identities import linking
from library.access.identities.tables import IdentityLink
from library.core.permits import Role
from library.people import actions as people
from library.people.queries import person_by_username
from server.identity_settings import ProviderSettings
from tests.support import factories
from tests.support.client import Person
from tests.support.outside.identity_servers import (
    CLIENT,
    SECRET,
    Answer,
    Cas,
    Wecom,
    as_json,
    oidc_provider,
    serving,
    sign_in_there,
)
from tests.support.server import Served, free_port, in_thread, new_data, password, quickly_hashed

pytestmark = pytest.mark.slow

PEOPLE = {
    "s-1": {"preferred_username": "wangfang", "name": "王芳"},
    "s-2": {"preferred_username": "lijun", "name": "李军"},
    "s-3": {"preferred_username": "newcomer", "name": "新来的"},
}


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secret") / "client"
    file.write_text(SECRET)
    file.chmod(0o600)
    return file


def somebody(served: Served, name: str, role: Role = Role.MEMBER) -> str:
    with served.ports.db.write() as session:
        person = people.add_person(session, name, name, quickly_hashed(name), served.ports.clock())
        people.grant(session, person.id, role, factories.root(session), None, served.ports.clock())
        return person.id


def link_for(served: Served, person_id: str) -> str:
    with served.ports.db.write() as session:
        return access_links.reset_by_machine(session, person_id, served.ports.clock())


def is_in(browser: Person) -> bool:
    return browser.http.get("/account").status_code == 200


def there(browser: Person, path: str) -> str:
    """Where a button of the sign-in page leads."""
    answer = browser.http.get(path)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


# ------------------------------------------------------------------ a real OpenID provider


@pytest.fixture(scope="module")
def with_oidc(tmp_path_factory: pytest.TempPathFactory, secret_file: Path) -> Iterator[Served]:
    """A library with a real provider, and with one that is away."""
    data, port = new_data(tmp_path_factory.mktemp("oidc") / "data"), free_port()
    issuer = f"http://127.0.0.1:{port}"
    about = {"kind": "oidc", "address": issuer, "client_id": CLIENT, "secret_file": str(secret_file)}
    providers = [
        ProviderSettings(key="sso", label="统一认证", label_en="Single sign-on", **about),
        ProviderSettings(
            key="away", label="不在的", **{**about, "address": f"http://127.0.0.1:{free_port()}"}
        ),
    ]
    with in_thread(data, identity_providers=tuple(providers), second_factor="offered") as served:
        back = f"{served.base_url}/sign-in/with/sso/back"
        with oidc_provider(port, back, f"{served.base_url}/sign-in", PEOPLE) as running:
            assert running == issuer
            yield served


def test_a_link_joins_an_account_there_and_from_then_on_a_button_is_enough(with_oidc: Served) -> None:
    served = with_oidc
    person_id = somebody(served, "王芳在这里")
    with served.nobody() as browser:
        page = browser.http.get("/sign-in?next=/account").text
        assert "用统一认证登录" in page
        stranger = browser.http.get(path_of(sign_in_there(there(browser, "/sign-in/with/sso"), "s-1")))
        assert stranger.status_code == 403
        assert "wangfang" in stranger.text, "who one is there"
        assert "一次性链接" in stranger.text, "and what to do"
        assert not is_in(browser)
    token = link_for(served, person_id)
    with served.nobody() as browser:
        assert "以后用统一认证登录" in browser.http.get(f"/welcome/{token}").text
        came = browser.http.get(path_of(sign_in_there(there(browser, f"/welcome/{token}/with/sso"), "s-1")))
        assert came.status_code == 303
        assert is_in(browser)
        assert "统一认证" in browser.http.get("/account").text
        assert browser.http.get(f"/welcome/{token}").status_code == 404, "the link was used"
    with served.nobody() as browser:
        url = there(browser, "/sign-in/with/sso?next=/account")
        asked = parse_qs(urlsplit(url).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["state"]
        assert asked["nonce"]
        back = path_of(sign_in_there(url, "s-1"))
        assert "iss=" in back
        came = browser.http.get(back)
        assert came.headers["location"] == "/account"
        again = browser.http.get(back)
        assert again.status_code == 403, "an answer is taken once"
        out = browser.post("/sign-out")
        assert out.headers["location"] == "/sign-in?left=sso"
        assert "也退出统一认证" in browser.http.get(out.headers["location"]).text
        ending = there(browser, "/sign-in/with/sso/leave")
        assert urlsplit(ending).path == "/session/end"
        assert parse_qs(urlsplit(ending).query)["client_id"] == [CLIENT]
        assert httpx.get(ending).status_code == 200, "the provider knows the way back"
        assert not is_in(browser)


def test_an_answer_was_taken_in_another_browser(with_oidc: Served) -> None:
    served = with_oidc
    with served.nobody() as thief, served.nobody() as victim:
        back = path_of(sign_in_there(there(thief, "/sign-in/with/sso"), "s-1"))
        assert victim.http.get(back).status_code == 403, "without a sign-in of its own"
        there(victim, "/sign-in/with/sso")
        assert victim.http.get(back).status_code == 403, "nor with one: another state"
        assert not is_in(victim)
        there(thief, "/sign-in/with/sso")
        assert thief.http.get(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", back)).status_code == 403


def test_a_provider_that_is_away_leaves_the_password(with_oidc: Served) -> None:
    with with_oidc.nobody("en") as browser:
        answer = browser.http.get("/sign-in/with/away?next=/account")
        assert answer.status_code == 503
        assert 'name="password"' in answer.text
        assert 'value="/account"' in answer.text, "the way back is kept"
        assert browser.http.get("/sign-in/with/nobody").status_code == 404
        assert "Single sign-on" in answer.text


def test_nobody_is_led_elsewhere(with_oidc: Served) -> None:
    with with_oidc.nobody() as browser:
        url = there(browser, "/sign-in/with/sso?next=https://evil.example/")
        assert browser.http.get(path_of(sign_in_there(url, "s-1"))).headers["location"] == "/"


# ------------------------------------------------------------------ one that lies


class Liar:
    """A provider whose ID token says what a test wants."""

    def __init__(self) -> None:
        self.key, self.other = (RSAKey.generate_key(2048, {"kid": name}) for name in ("a", "b"))
        self.nonce, self.token = "", {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "a"}, claims, self.key)

    def serve(self, path: str, _query: dict[str, str], address: str) -> Answer:
        if path == "/.well-known/openid-configuration":
            return as_json(
                {
                    "issuer": address,
                    "authorization_endpoint": f"{address}/auth",
                    "token_endpoint": f"{address}/token",
                    "jwks_uri": f"{address}/jwks",
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                }
            )
        if path == "/jwks":
            return as_json({"keys": [self.key.as_dict(private=False)]})
        now = int(time.time())
        claims = {
            "iss": address,
            "aud": CLIENT,
            "sub": "liar-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "preferred_username": "admin",
            "email": "admin@example.org",
        }
        token = self.sign({**claims, **self.token})
        return as_json({"access_token": "x", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory, secret_file: Path) -> Iterator[tuple[Served, Liar]]:
    liar = Liar()
    data = new_data(tmp_path_factory.mktemp("liar") / "data")
    with serving(liar.serve) as address:
        one = ProviderSettings(
            key="liar",
            label="说谎者",
            kind="oidc",
            address=address,
            client_id=CLIENT,
            secret_file=secret_file,
            match_by="username",
        )
        with in_thread(data, identity_providers=(one,)) as served:
            yield served, liar


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def unsigned(claims: dict[str, Any]) -> str:
    return f"{part(json.dumps({'alg': 'none'}).encode())}.{part(json.dumps(claims).encode())}."


def mac(claims: dict[str, Any], key: bytes) -> str:
    """As if what everybody can read were a secret that the two share."""
    head = part(json.dumps({"alg": "HS256", "kid": "a"}).encode())
    said = f"{head}.{part(json.dumps(claims).encode())}"
    return f"{said}.{part(hmac.digest(key, said.encode(), 'sha256'))}"


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "another nonce": ({"nonce": "another"}, "没有通过检查"),
    "for another client": ({"aud": "another"}, "没有通过检查"),
    "of another issuer": ({"iss": "https://evil.example"}, "没有通过检查"),
    "over": ({"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}, "时钟"),
    "of tomorrow": ({"iat": int(time.time()) + 86400, "exp": int(time.time()) + 90000}, "时钟"),
    "of nobody": ({"sub": ""}, "没有通过检查"),
}


def answer_of(served: Served, liar: Liar, browser: Person) -> httpx.Response:
    url = there(browser, "/sign-in/with/liar")
    asked = {name: some[0] for name, some in parse_qs(urlsplit(url).query).items()}
    liar.nonce = asked["nonce"]
    return browser.http.get(f"/sign-in/with/liar/back?code=x&state={asked['state']}")


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused(lying: tuple[Served, Liar], lie: str) -> None:
    served, liar = lying
    liar.token, said = LIES[lie]
    liar.sign = liar.signed
    with served.nobody() as browser:
        answer = answer_of(served, liar, browser)
        assert answer.status_code in (403, 503)
        assert said in html.unescape(answer.text)
        assert not is_in(browser)


def test_only_the_provider_signs(lying: tuple[Served, Liar]) -> None:
    served, liar = lying
    liar.token = {}
    for sign in (
        unsigned,
        lambda claims: jwt.encode({"alg": "RS256", "kid": "a"}, claims, liar.other),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
        lambda claims: mac(claims, liar.key.as_pem(private=False)),
    ):
        liar.sign = sign
        with served.nobody() as browser:
            assert answer_of(served, liar, browser).status_code == 403
            assert not is_in(browser)
    liar.sign = liar.signed
    with served.nobody() as browser:
        assert answer_of(served, liar, browser).status_code == 303, "the same without a lie"
        assert is_in(browser)


def test_the_name_that_a_provider_says_finds_a_person_once(lying: tuple[Served, Liar]) -> None:
    served, liar = lying
    liar.sign, first = liar.signed, somebody(served, "zhang")
    liar.token = {"sub": "z-1", "preferred_username": "ZHANG"}
    with served.nobody() as browser:
        assert answer_of(served, liar, browser).status_code == 303
        assert is_in(browser)
    liar.token = {"sub": "z-2", "preferred_username": "zhang"}
    with served.nobody() as browser:
        assert answer_of(served, liar, browser).status_code == 403, "another account of the same name"
    liar.token = {"sub": "z-3", "preferred_username": "nobody-here", "email": "zhang"}
    with served.nobody() as browser:
        assert answer_of(served, liar, browser).status_code == 403, "never by an e-mail address"
    with served.ports.db.read() as session:
        links = session.scalars(select(IdentityLink).where(IdentityLink.person_id == first)).all()
        assert [(one.subject, one.how.value, one.until) for one in links] == [("z-1", "username", None)]


# ------------------------------------------------------------------ CAS and 企业微信


@pytest.fixture(scope="module")
def with_others(
    tmp_path_factory: pytest.TempPathFactory, secret_file: Path
) -> Iterator[tuple[Served, Cas, Wecom]]:
    cas, wecom = Cas(), Wecom({"WangFang": {"name": "王芳", "department": [2]}})
    data = new_data(tmp_path_factory.mktemp("others") / "data")
    with serving(cas.serve) as cas_at, serving(wecom.serve) as wecom_at:
        providers = (
            ProviderSettings(
                key="campus", label="校园认证", kind="cas", address=f"{cas_at}/cas", create=True
            ),
            ProviderSettings(
                key="wecom",
                label="企业微信",
                kind="wecom",
                address=wecom_at,
                client_id="ww1",
                agent="1000002",
                secret_file=secret_file,
                match_by="username",
            ),
        )
        with in_thread(data, identity_providers=providers, second_factor="staff") as served:
            yield served, cas, wecom


def test_a_cas_ticket_makes_an_account_where_the_settings_say_so(
    with_others: tuple[Served, Cas, Wecom],
) -> None:
    served, cas, _wecom = with_others
    with served.nobody() as browser, served.nobody() as thief:
        url = there(browser, "/sign-in/with/campus?next=/account")
        assert urlsplit(url).path == "/cas/login"
        back = path_of(cas.sign_in(url, "2023001"))
        there(thief, "/sign-in/with/campus")
        assert thief.http.get(back).status_code == 403, "in another browser"
        assert browser.http.get(back).headers["location"] == "/account"
        page = browser.http.get("/account").text
        assert "王 建国" in page
        assert "您没有设过密码" in page
        assert browser.post("/account/password", old="", password="x" * 9, again="x" * 9).status_code == 422
        leaving = there(browser, "/sign-in/with/campus/leave")
        assert leaving.split("?")[0].endswith("/cas/logout")
    with served.nobody() as browser:
        there(browser, "/sign-in/with/campus")
        forged = browser.http.get(f"{path_of(back).split('?')[0]}?state=x&ticket=ST-9-x")
        assert forged.status_code == 403
        assert browser.post("/sign-in", username="2023001", password="").status_code == 401


def test_wecom_by_scanning_and_inside_its_app(with_others: tuple[Served, Cas, Wecom]) -> None:
    served, _cas, wecom = with_others
    somebody(served, "wangfang")
    with served.nobody() as browser:
        url = there(browser, "/sign-in/with/wecom")
        assert url.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
        asked = {name: some[0] for name, some in parse_qs(urlsplit(url).query).items()}
        assert (asked["appid"], asked["agentid"]) == ("ww1", "1000002")
        wecom.expire()
        code = wecom.code_for("WangFang")
        came = browser.http.get(f"/sign-in/with/wecom/back?code={code}&state={asked['state']}")
        assert came.status_code == 303
        assert is_in(browser)
        assert browser.post("/sign-out").headers["location"] == "/"
    with served.nobody() as browser:
        browser.http.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 13) wxwork/4.1 MicroMessenger/7"
        url = there(browser, "/sign-in/with/wecom")
        assert url.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
        assert url.endswith("#wechat_redirect")
        state = parse_qs(urlsplit(url).query)["state"][0]
        outsider = browser.http.get(
            f"/sign-in/with/wecom/back?code={wecom.code_for('oStranger')}&state={state}"
        )
        assert outsider.status_code == 403
        assert "不是" in outsider.text


def test_a_provider_does_not_stand_for_the_phone_of_staff(
    with_others: tuple[Served, Cas, Wecom],
) -> None:
    served, _cas, wecom = with_others
    wecom.members["chief"] = {"name": "主任", "department": [2]}
    somebody(served, "chief", Role.STAFF)
    with served.nobody() as browser:
        url = there(browser, "/sign-in/with/wecom")
        state = parse_qs(urlsplit(url).query)["state"][0]
        came = browser.http.get(f"/sign-in/with/wecom/back?code={wecom.code_for('chief')}&state={state}")
        assert came.headers["location"].startswith("/sign-in/second?")
        assert not is_in(browser)


def test_staff_end_a_link_and_what_came_in_through_it_is_out(
    with_others: tuple[Served, Cas, Wecom],
) -> None:
    served, cas, _wecom = with_others
    with served.nobody() as browser, served.nobody() as administrator:
        url = there(browser, "/sign-in/with/campus")
        browser.http.get(path_of(cas.sign_in(url, "2023099")))
        assert is_in(browser)
        with served.ports.db.read() as session:
            person = person_by_username(session, "2023099")
            assert person is not None
            link = session.scalars(select(IdentityLink.id).where(IdentityLink.person_id == person.id)).one()
        administrator.post("/sign-in", username="member", password=password("member"))
        end = f"/people/{person.id}/links/{link}/end"
        assert administrator.post(end).status_code == 403, "not by just anybody"
        with served.ports.db.write() as session:
            linking.end_by(session, person.id, link, None, served.ports.clock())
        assert not is_in(browser)
        assert administrator.http.get("/sign-in/with/campus/back").status_code == 403
