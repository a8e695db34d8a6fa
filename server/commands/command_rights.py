"""Which acts of the table of permissions (library.core.rights) each command is. Pure data.

A command that is not here fails tests/server/commands/test_command_rights.py; docs/permissions.md lists all.
Whoever runs commands is the administrator of the machine, at the root of the tree; with an option of `AS` a
command asks as somebody else, and what that person may not, it does not tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

_MAKE = (Act.LESSON_MAKE, Act.LESSON_EDIT, Act.LESSON_AUDIENCE, Act.LESSON_PUBLISH)
_ROLES = (Act.PEOPLE_KEEP, Act.PEOPLE_ROLES)

COMMANDS: Mapping[str, tuple[Act, ...]] = {
    "ingest": _MAKE,
    "import": _MAKE,
    "transcript": (Act.LESSON_EDIT,),
    "speech run": (Act.LESSON_EDIT,),
    "speech cancel": (Act.LESSON_EDIT,),
    "lesson": (Act.LESSON_VIEW,),
    "declare": (Act.DECLARATION_MAKE,),
    "return": (Act.DECLARATION_DECIDE,),
    "approve": (Act.DECLARATION_DECIDE, Act.DECLARATION_READ),
    "select": (Act.DECLARATION_DECIDE,),
    "withdraw": (Act.DECLARATION_MAKE, Act.DECLARATION_STOP),
    "search": (Act.PUBLIC, Act.LESSON_VIEW),
    "may": (Act.LESSON_WHY, Act.PEOPLE_LOOK),
    "stats lesson": (Act.LESSON_STATS,),
    "stats overview": (Act.STATS_OVERVIEW,),
    "user list": (Act.PEOPLE_LOOK,),
    "user add": _ROLES,
    "user role": (Act.PEOPLE_ROLES,),
    "user hand-over": (Act.PEOPLE_ROLES,),
    "user link": _ROLES,
    "user erase": (Act.PEOPLE_ERASE,),
    "user second-factor off": (Act.PEOPLE_ERASE,),
    **dict.fromkeys(
        (
            *("user password", "user close", "user open", "user sign-out", "user tokens", "user links"),
            *("user invite", "user names", "user mail", "user speech", "user second-factor show"),
            *("people import", "people template", "people transfer", "people accept", "people refuse"),
            *("people withdraw", "people exemption add", "people exemption end"),
            *("people committee add", "people committee end"),
            *("people group add", "people group rename", "people group close"),
            *("people group join", "people group leave"),
        ),
        (Act.PEOPLE_KEEP,),
    ),
    **dict.fromkeys(
        (
            *("people export", "people members", "people group list", "people group show"),
            *("directory sync", "directory export"),
        ),
        (Act.PEOPLE_LOOK,),
    ),
    "people show": (Act.PERSON_LOOK,),
    "people exemption list": (Act.PERSON_LOOK,),
    "people committee list": (Act.PERSON_LOOK,),
    "organisation show": (Act.NODE_LOOK, Act.PEOPLE_LOOK),
    "organisation export": (Act.NODE_LOOK,),
    "organisation import": (Act.NODE_ARRANGE, Act.NODE_PLACE),
    "organisation template": (Act.NODE_ARRANGE,),
    "organisation add": (Act.NODE_ARRANGE,),
    "organisation rename": (Act.NODE_ARRANGE,),
    **dict.fromkeys(
        ("organisation move", "organisation merge", "organisation close", "organisation reopen"),
        (Act.NODE_PLACE,),
    ),
    **dict.fromkeys(
        (
            *("vocabulary list", "vocabulary add", "vocabulary remove", "vocabulary off", "vocabulary on"),
            *("vocabulary import", "vocabulary export"),
            *("searches list", "searches stop", "searches lift"),
        ),
        (Act.DICTIONARY_TEACH,),
    ),
    "jobs list": (Act.SYSTEM_LOOK,),
    "jobs retry": (Act.SYSTEM_CHANGE,),
    "jobs give-up": (Act.SYSTEM_CHANGE,),
    "calls list": (Act.CALL_VIEW,),
    "calls results": (Act.CALL_VIEW,),
    "evidence show": (Act.BOOKS_READ,),
    "evidence verify": (Act.LEDGER_READ,),
    "books": (Act.BOOKS_READ,),
    "grades check": (Act.GRADES_RULES,),
    "grades propose": (Act.GRADES_KEEP,),
    "grades freeze": (Act.GRADES_KEEP,),
    "grades difference": (Act.GRADES_KEEP, Act.GRADES_RULES),
    "week show": (Act.PUBLIC,),
    "week plan": (Act.WEEK_PLAN,),
    "gathering import": (Act.GATHERING_PLAN,),
    "audit list": (Act.LEDGER_READ,),
    "audit verify": (Act.LEDGER_READ,),
}
"""Commands that read or change what the table of permissions is about, with all that they may do of it."""

MACHINE = frozenset(
    {
        *("serve", "worker", "migrate", "demo", "doctor", "settings", "backup", "restore", "move"),
        *("reindex", "sweep", "remake", "stats roll-up", "stats verify", "speech try"),
        *("media-key rotate", "media-key revoke-all", "site-key rotate", "mail test"),
    }
)
"""Commands about the machine and the library as a whole: nobody's rights, but those of whoever can read the
files. They tell of no person and of no lesson by itself."""

AS: Mapping[str, str] = dict.fromkeys(
    ("search", "declare", "return", "approve", "select", "withdraw"), "--as"
)
"""Commands that ask on behalf of somebody, and the option that names them."""
