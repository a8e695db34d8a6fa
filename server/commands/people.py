"""weike user: accounts, from the machine itself. No password stands on a command line, which others see."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.access import actions as access
from library.core.database import Database
from library.core.errors import Conflict, NotFound
from library.core.permits import Role
from library.core.text import name_key
from library.people import actions, queries
from library.people.tables import Person
from server.commands.administrator import machine, root
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word

HELP = N_("账号：新建、列出、改密码、改角色、生成一次性链接、删除。")

Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=N_("从标准输入的第一行读密码；不写则在终端上询问。"))
]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike user`."""
    to.command("add", help=N_("新建账号。"))(add)
    to.command("list", help=N_("列出账号和角色。"))(list_)
    to.command("password", help=N_("设一个新密码；这个人在所有设备上退出登录。"))(password)
    to.command("role", help=N_("授予或收回角色。"))(role)
    to.command("erase", help=N_("删除一个人的账号和姓名；统计数字不变。"))(erase_)
    to.command("link", help=N_("生成一次性链接：新建一个有某角色的账号，或让某人重设密码。"))(link)


def add(
    context: typer.Context,
    name: Username,
    role: Annotated[Role, typer.Option("--role", help=N_("角色。"))] = Role.MEMBER,
    full_name: Annotated[str, typer.Option("--name", metavar="N", help=N_("显示的姓名。"))] = "",
    password_stdin: PasswordStdin = False,
    as_json: Json = False,
) -> None:
    """Make an account with a role at the root."""
    console = _begin(context)
    with console.ports() as ports:
        with ports.db.read() as session:
            if queries.person_by_username(session, name_key(name)) is not None:
                raise Conflict("username_taken", field="username")
        secret = _password(console, password_stdin)
        with ports.db.write() as session:
            now = ports.clock()
            person_id = actions.add_person(session, name, full_name or name, secret, now).id
            actions.grant(session, person_id, role, root(session), None, now)
        _show(console, ports.db, person_id, as_json)


def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the accounts."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        rows = [_person_object(session, row.id) for row in queries.people_under(session, machine(session))]
    console.result({"people": rows}, as_json, [_line(console, row) for row in rows])


def password(
    context: typer.Context, name: Username, password_stdin: PasswordStdin = False, as_json: Json = False
) -> None:
    """Set a password."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.read() as session:
            _person(session, name)
        secret = _password(console, password_stdin)
        with ports.db.write() as session:
            person = _person(session, name)
            person_id = person.id
            access.set_password(session, person, secret)
        _show(console, ports.db, person_id, as_json)


def role(
    context: typer.Context,
    name: Username,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help=N_("member、lecturer、staff 或 admin。"))],
    remove: Annotated[bool, typer.Option("--remove", help=N_("收回，而不是授予。"))] = False,
    as_json: Json = False,
) -> None:
    """Give or take a role at the root."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            person_id, branch = _person(session, name).id, root(session)
            if remove:
                actions.take_role(session, machine(session), person_id, role, branch)
            else:
                actions.grant(session, person_id, role, branch, None, ports.clock())
        _show(console, ports.db, person_id, as_json)


def link(
    context: typer.Context,
    role: Annotated[Role, typer.Option("--role", help=N_("新账号的角色。"))] = Role.MEMBER,
    full_name: Annotated[str, typer.Option("--name", metavar="N", help=N_("给谁用，写在欢迎页上。"))] = "",
    for_user: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help=N_("让已有的这个用户重设密码。"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a one-time link."""
    console = _begin(context)
    with console.ports() as ports:
        with ports.db.write() as session:
            person = None if for_user is None else _person(session, for_user)
            _invitation, secret = access.invite(
                session,
                full_name if person is None else person.name,
                role,
                root(session),
                None,
                ports.clock(),
                person_id=None if person is None else person.id,
            )
        url = f"{ports.settings.base_url}/welcome/{secret}"
    console.result({"url": url}, as_json, [url])


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
    return f"{person['username']}  {person['name']}  {roles}{off}"
