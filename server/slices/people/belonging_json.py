"""Where people belong as programs are told it: the same on the command line and in the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from library.organisation import queries as organisation
from library.people.belonging.group_queries import Learner
from library.people.belonging.histories import History
from library.people.belonging.members import MemberCounts
from library.people.rules import MembershipKind
from library.people.tables import LearningGroup


def counts_object(counts: MemberCounts) -> dict[str, Any]:
    """Return how many belong to a node, as the command line and the API show it."""
    return {
        "home": counts.home,
        "guests": counts.guests,
        "exempt": counts.exempt,
        "states": {str(state) if state else "unknown": count for state, count in counts.states.items()},
    }


def person_object(history: History) -> dict[str, Any]:
    """Return where somebody belongs and belonged, as the command line and the API show it."""
    now = [one for one in history.memberships if one.until is None]
    home = next((one for one in now if one.kind is MembershipKind.HOME), None)
    asked = next((one for one in history.transfers if one.state == "asked"), None)
    return {
        "id": history.person.id,
        "username": history.person.username,
        "name": history.person.name,
        "active": history.person.active,
        "can_sign_in": bool(history.person.password_hash) and history.person.active,
        "home": _node(history, home.node_id) if home is not None else None,
        "state": str(home.state) if home is not None and home.state else None,
        "guest": [_node(history, one.node_id) for one in now if one.kind is MembershipKind.GUEST],
        "transfer": {"to": _node(history, asked.to_id), "asked_at": asked.asked_at.isoformat()}
        if asked is not None
        else None,
        "history": [
            {
                "kind": str(one.kind),
                "node": _node(history, one.node_id),
                "state": str(one.state) if one.state else None,
                "since": one.since.isoformat(),
                "until": _day(one.until),
            }
            for one in history.memberships
        ],
        "transfers": [
            {
                "id": one.id,
                "from": _node(history, one.from_id),
                "to": _node(history, one.to_id),
                "state": str(one.state),
                "asked_at": one.asked_at.isoformat(),
                "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            }
            for one in history.transfers
        ],
        "exemptions": exemption_objects(history),
        "committee": committee_objects(history),
        "groups": [
            {"id": group.id, "name": group.name, "since": stay.since.isoformat(), "until": _day(stay.until)}
            for stay, group in history.groups
        ],
    }


def exemption_objects(history: History) -> list[dict[str, Any]]:
    """Return when somebody is not counted among who is due, the newest first."""
    return [
        {
            "id": one.id,
            "reason": str(one.reason),
            "since": one.since.isoformat(),
            "until": _day(one.until),
        }
        for one in history.exemptions
    ]


def committee_objects(history: History) -> list[dict[str, Any]]:
    """Return when somebody is a member of a committee (班子成员), the newest first."""
    return [{"id": one.id, "since": one.since.isoformat(), "until": _day(one.until)} for one in history.terms]


def group_object(session: Session, group: LearningGroup) -> dict[str, Any]:
    """Return a learning group with the node that keeps it."""
    node = organisation.node(session, group.node_id)
    return {
        "id": group.id,
        "name": group.name,
        "node": {"id": node.id, "code": node.code, "name": node.name},
        "closed": group.closed_at is not None,
    }


def learner_object(one: Learner) -> dict[str, Any]:
    """Return somebody in a learning group."""
    return {
        "username": one.username,
        "name": one.name,
        "since": one.since.isoformat(),
        "until": _day(one.until),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _node(history: History, node_id: str) -> dict[str, Any]:
    node = history.nodes[node_id]
    return {"id": node.id, "code": node.code, "name": node.name}
