"""The list of people at 企业微信, as rows of the form in which people are imported.

Nothing here writes: `weike people import` applies such a list. https://developer.work.weixin.qq.com/document/path/90208
(departments), /90201 (people of a department). Since August 2022 the secret of the contacts tool is told no
names any more: use that of an application that sees whom it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.identity.wecom import WecomApi

HEADINGS = ("姓名", "账号", "党支部")
MOST_PEOPLE = 200_000
MOST_LEVELS = 20


@dataclass(frozen=True)
class Department:
    """A department: its name, and the number of the one above it (0: none)."""

    name: str
    above: int


@dataclass(frozen=True)
class Listed:
    """Somebody as the directory lists them; of the numbers of departments the main one comes first."""

    account: str
    name: str
    departments: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """A row of an import of people.

    `node` is the code or the path of names of a node here; "" when `doubt`, the code of a sentence, says why
    there is none. `department` is where the directory has them.
    """

    name: str
    account: str
    node: str
    department: str
    doubt: str = ""


Find = Callable[[str, str], str | None]
"""From the number of a department and its path of names: the node here, None when there is none."""


async def read(api: WecomApi) -> tuple[Mapping[int, Department], Sequence[Listed]]:
    """Return departments and people that the application may see; raises Away, Forbidden, ValueError."""
    answer = await api.ask("/cgi-bin/department/list")
    departments = {
        int(one["id"]): Department(str(one.get("name", "")), int(one.get("parentid", 0)))
        for one in answer.get("department", [])
    }
    people: dict[str, Listed] = {}
    for number in departments:
        told = await api.ask("/cgi-bin/user/list", department_id=str(number))
        for one in told.get("userlist", []):
            listed = _listed(one, number)
            people.setdefault(listed.account.casefold(), listed)
            if len(people) > MOST_PEOPLE:
                raise ValueError(f"more than {MOST_PEOPLE} people")
    return departments, list(people.values())


def _listed(one: Mapping[str, Any], number: int) -> Listed:
    main = one.get("main_department")
    numbers = [int(each) for each in one.get("department", [])] or [number]
    if isinstance(main, int) and main in numbers:
        numbers.remove(main)
        numbers.insert(0, main)
    return Listed(str(one.get("userid", "")), str(one.get("name", "")), tuple(numbers))


def path_of(departments: Mapping[int, Department], number: int) -> str:
    """Return a department's names from the top, "县委 / 组织部"; a circle ends it."""
    names: list[str] = []
    while number in departments and len(names) < MOST_LEVELS:
        names.insert(0, departments[number].name)
        number = departments[number].above
    return " / ".join(names)


def rows(departments: Mapping[int, Department], people: Sequence[Listed], find: Find) -> list[Row]:
    """Return the rows of a list, in the order of accounts. Pure but for `find`.

    Somebody belongs to the node of their main department; the others are left out, and the first that has a
    node stands in for a main one without.
    """
    found: dict[int, str | None] = {}
    made = []
    for one in sorted(people, key=lambda each: each.account.casefold()):
        for number in one.departments:
            if number not in found:
                found[number] = find(str(number), path_of(departments, number))
        node = next((found[number] for number in one.departments if found[number]), None) or ""
        doubt = "" if node else "directory_no_node"
        if not one.account or not one.name.strip():
            doubt = "directory_no_name"
        department = path_of(departments, one.departments[0])
        made.append(Row(one.name.strip(), one.account, node, department, doubt))
    return made
