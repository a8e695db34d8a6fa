"""weike user: accounts, from the machine itself. No password stands on a command line, which others see."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import links
from library.access import tokens as access_tokens
from library.access.queries import tokens_of
from library.access.tables import ApiToken
from library.core.clock import local_day
from library.core.database import Database
from library.core.days import parse_date
from library.core.errors import Conflict, NotFound
from library.core.permits import Role, Viewer
from library.core.text import name_key
from library.people import actions, directory, passwords, queries, roles, rules
from library.people.tables import Person
from server.commands.administrator import machine, node
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word

Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]
At = Annotated[
    str,
    typer.Option(
        "--at", metavar="NODE", help=N_("在哪个党组织：编码、全名，或“上级 / 全名”；不写是最上面的。")
    ),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=N_("从标准输入的第一行读密码；不写则在终端上询问。"))
]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike user`."""
    to.command("add", help=N_("新建账号。"))(add)
    to.command("list", help=N_("列出账号和角色。"))(list_)
    to.command("password", help=N_("设一个新密码；这个人在所有设备上退出登录。"))(password)
    to.command("role", help=N_("授予或收回角色。"))(role)
    to.command("hand-over", help=N_("把一个角色从一个人交给另一个人，从某一天起。"))(hand_over)
    to.command("close", help=N_("停用账号；这个人的登录、令牌和链接立即作废。"))(close)
    to.command("open", help=N_("重新启用已停用的账号。"))(open_)
    to.command("sign-out", help=N_("让一个人在所有设备上退出登录，令牌和链接也作废。"))(sign_out)
    to.command("tokens", help=N_("列出一个人的接口令牌，或作废其中一个。"))(tokens)
    to.command("erase", help=N_("删除一个人的账号和姓名；统计数字不变。"))(erase_)
    to.command("link", help=N_("生成一次性链接：新建一个有某角色的账号，或让某人重设密码。"))(link)


def add(
    context: typer.Context,
    name: Username,
    role: Annotated[Role, typer.Option("--role", help=N_("角色。"))] = Role.MEMBER,
    full_name: Annotated[str, typer.Option("--name", metavar="N", help=N_("显示的姓名。"))] = "",
    at: At = "",
    password_stdin: PasswordStdin = False,
    as_json: Json = False,
) -> None:
    """Make an account with a role at a node."""
    console = _begin(context)
    with console.ports() as ports:
        with ports.db.read() as session:
            node(session, at)  # before a password is asked for
            if queries.person_by_username(session, name_key(name)) is not None:
                raise Conflict("username_taken", field="username")
        secret = _password(console, password_stdin)
        hashed = passwords.chosen(secret, rules.clean_username(name))
        with ports.db.write() as session:
            now = ports.clock()
            person_id = actions.add_person(session, name, full_name or name, hashed, now).id
            actions.grant(session, person_id, role, node(session, at), None, now)
        _show(console, ports.db, person_id, as_json)


def list_(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=N_("只列出姓名或用户名里有它的人。"))] = "",
    as_json: Json = False,
) -> None:
    """List the accounts, those without a role too."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = directory.everybody(session, machine(session), text)
        rows = [_person_object(session, row.id) for row in found]
    console.result({"people": rows}, as_json, [_line(console, row) for row in rows])


def password(
    context: typer.Context, name: Username, password_stdin: PasswordStdin = False, as_json: Json = False
) -> None:
    """Set a password."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.read() as session:
            username = _person(session, name).username
        secret = _password(console, password_stdin)
        hashed = passwords.chosen(secret, username)
        with ports.db.write() as session:
            person = _person(session, name)
            person_id = person.id
            access.set_password(session, person, hashed, None)
        _show(console, ports.db, person_id, as_json)


def role(
    context: typer.Context,
    name: Username,
    role: Annotated[
        Role,
        typer.Argument(
            metavar="ROLE", help=N_("member、lecturer、secretary、reviewer、staff、auditor 或 admin。")
        ),
    ],
    at: At = "",
    remove: Annotated[bool, typer.Option("--remove", help=N_("收回，而不是授予。"))] = False,
    as_json: Json = False,
) -> None:
    """Give or take a role at a node."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            person_id, branch = _person(session, name).id, node(session, at)
            if remove:
                access.take_role(session, machine(session), person_id, role, branch, ports.clock())
            else:
                actions.grant(session, person_id, role, branch, None, ports.clock())
        _show(console, ports.db, person_id, as_json)


def hand_over(
    context: typer.Context,
    name: Username,
    to: Annotated[str, typer.Argument(metavar="TO", help=N_("接手的人的用户名。"))],
    role: Annotated[Role, typer.Option("--role", help=N_("交接哪个角色。"))] = Role.SECRETARY,
    at: At = "",
    day: Annotated[
        str, typer.Option("--day", metavar="D", help=N_("从哪天起，例如 2026-03-05；不写是今天。"))
    ] = "",
    as_json: Json = False,
) -> None:
    """End a role of one person and give it to another on a day."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        now = ports.clock()
        first = parse_date(day, "day") or local_day(now)
        with ports.db.write() as session:
            one, other, branch = _person(session, name), _person(session, to), node(session, at)
            change = roles.HandOver(role, branch, one.id, other.id, first)
            roles.hand_over(session, machine(session), change, now, None)
            if first == local_day(now):
                access.end_for_role(session, one.id, None)
            ids = one.id, other.id
        with ports.db.read() as session:
            people = [_person_object(session, person_id) for person_id in ids]
    value = {"role": str(role), "day": first.isoformat(), "from": people[0], "to": people[1]}
    console.result(value, as_json, [_line(console, person) for person in people])


def link(
    context: typer.Context,
    role: Annotated[Role, typer.Option("--role", help=N_("新账号的角色。"))] = Role.MEMBER,
    full_name: Annotated[str, typer.Option("--name", metavar="N", help=N_("给谁用，写在欢迎页上。"))] = "",
    for_user: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help=N_("让已有的这个用户重设密码。"))
    ] = None,
    at: At = "",
    as_json: Json = False,
) -> None:
    """Make a one-time link."""
    console = _begin(context)
    with console.ports() as ports:
        with ports.db.write() as session:
            now = ports.clock()
            if for_user is None:
                _invitation, secret = links.invite(session, full_name, role, node(session, at), None, now)
            else:
                secret = links.reset_by_machine(session, _person(session, for_user).id, now)
        url = f"{ports.settings.base_url}/welcome/{secret}"
    console.result({"url": url}, as_json, [url])


def close(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Close an account."""
    _set_active(context, name, False, as_json)


def open_(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Open a closed account again."""
    _set_active(context, name, True, as_json)


def _set_active(context: typer.Context, name: str, active: bool, as_json: bool) -> None:
    _change(context, name, as_json, lambda session, who, by: access.set_active(session, by, who.id, active))


def sign_out(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """End everything with which somebody is signed in."""
    _change(context, name, as_json, lambda session, who, by: access.sign_out_everywhere(session, by, who.id))


def _change(
    context: typer.Context, name: str, as_json: bool, act: Callable[[Session, Person, Viewer], None]
) -> None:
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            person = _person(session, name)
            person_id = person.id
            act(session, person, machine(session))
        _show(console, ports.db, person_id, as_json)


def tokens(
    context: typer.Context,
    name: Username,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help=N_("作废这个编号的令牌。"))
    ] = None,
    as_json: Json = False,
) -> None:
    """List somebody's tokens, after revoking one."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            if revoke is not None:
                access_tokens.drop_token(session, _person(session, name).id, revoke, None)
        with ports.db.read() as session:
            rows = [token_object(row, ports.clock()) for row in tokens_of(session, _person(session, name).id)]
    console.result({"tokens": rows}, as_json, [_token_line(console, row) for row in rows])


def token_object(token: ApiToken, now: datetime) -> dict[str, Any]:
    """Return a token as the command line shows it; never the token itself, which is kept nowhere."""
    return {
        "id": token.id,
        "name": token.name,
        "scope": str(token.scope),
        "made_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": token.used_at.isoformat() if token.used_at is not None else None,
        "over": token.expires_at <= now,
    }


def _token_line(console: Console, token: dict[str, Any]) -> str:
    scope = word("token_scope", token["scope"], console.catalogue)
    over = "  " + console.say(N_("（已到期）")) if token["over"] else ""
    used = token["last_used_at"] or console.say(N_("还没有用过"))
    return f"{token['id']}  {token['name']}  {scope}  {token['expires_at']}{over}  {used}"


def erase_(
    context: typer.Context,
    name: Username,
    yes: Annotated[bool, typer.Option("--yes", help=N_("不再询问。"))] = False,
    as_json: Json = False,
) -> None:
    """Erase somebody."""
    from library.erasing import erase  # it knows every table, and no other command here needs one of them

    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.read() as session:
            person = _person(session, name)
            username, shown = person.username, person.name
        if not yes:
            _confirm(console, username, shown)
        with ports.db.write() as session:
            erase(session, _person(session, name).id, None)
    sentence = N_("已删除 %(name)s 的账号和姓名；统计数字不变。")
    console.result({"username": username, "erased": True}, as_json, [console.say(sentence, name=username)])


def _confirm(console: Console, username: str, name: str) -> None:
    if not sys.stdin.isatty():
        raise Failure(N_("这里没有终端可以询问，确实要删除请加上 --yes。"), BAD_INPUT)
    question = N_("删除 %(username)s（%(name)s）的账号、姓名和看过的记录？不能恢复。")
    if not typer.confirm(console.say(question, username=username, name=name), err=True):
        raise typer.Exit(FAILED)


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console


def _person(session: Session, name: str) -> Person:
    person = queries.person_by_username(session, name_key(name))
    if person is None:
        raise NotFound("person_unknown", name=name)
    return person


def _password(console: Console, from_stdin: bool) -> str:
    """Return the password: the first line of standard input, or asked for on a terminal, twice."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failure(N_("这里没有终端可以询问密码，请用 --password-stdin 从标准输入读取。"), BAD_INPUT)
    ask: Callable[..., str] = typer.prompt
    return ask(
        console.say(N_("密码")),
        hide_input=True,
        confirmation_prompt=console.say(N_("再输入一次")),
        err=True,
    )


def _person_object(session: Session, person_id: str) -> dict[str, Any]:
    row, person = queries.person_row(session, person_id), queries.person(session, person_id)
    return {
        "username": person.username,
        "name": row.name,
        "active": row.active,
        "roles": [{"role": str(role), "branch": branch} for role, _id, branch in row.roles],
    }


def _show(console: Console, db: Database, person_id: str, as_json: bool) -> None:
    with db.read() as session:
        value = _person_object(session, person_id)
    console.result(value, as_json, [_line(console, value)])


def _line(console: Console, person: dict[str, Any]) -> str:
    roles = ", ".join(
        f"{word('role', held['role'], console.catalogue)} ({held['branch']})" for held in person["roles"]
    )
    off = "" if person["active"] else "  " + console.say(N_("（已停用）"))
    roles = roles or console.say(N_("（没有角色）"))
    return f"{person['username']}  {person['name']}  {roles}{off}"
