"""Let the demonstration's county stand in a library: its nodes, and everybody where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from library.core.lists.outcomes import Choice
from library.organisation import actions as organisation
from library.organisation import queries as organisation_queries
from library.organisation.rules import NodeKind
from library.organisation.tables import Node
from library.people.belonging import exemptions, groups, memberships
from library.people.lists.bringing_in import bring
from library.people.lists.importing import Decision, Row
from library.people.rules import ExemptionReason
from server.commands.administrator import machine
from server.demo import county

_GROUPS_SINCE, _FRAIL_SINCE = date(2026, 1, 5), date(2026, 1, 1)


def stands(session: Session) -> bool:
    """Tell whether the county is there: it is settled in one transaction, or not at all."""
    return organisation_queries.node_by_code(session, county.nodes()[-1].code) is not None


def settle(session: Session, now: datetime) -> None:
    """Make the county out of the library's root, which becomes its committee, and settle everybody.

    They come as from a list of people: without a password, so that nobody signs in as one of them.
    """
    at = _nodes(session, now)
    on_committee = county.on_committee()
    rows = [
        Row(
            *(n, one.name, one.username, one.branch, one.state.value, one.since.isoformat()),
            committee=county.COMMITTEE_SINCE if one.username in on_committee else "",
        )
        for n, one in enumerate(county.people())
    ]
    everybody_is_another = {row.line: Decision(Choice.ANOTHER) for row in rows}
    planned, _places = bring(session, machine(session), rows, now, everybody_is_another)
    ids = {one.row.line: one.person_id for one in planned}
    made = [
        groups.make(session, at[county.kept_by()], county.group_name(number + 1), now, None).id
        for number in range(county.GROUPS)
    ]
    for n, one in enumerate(county.people()):
        person_id = ids[n]
        if one.guest_at:
            memberships.receive_guest(session, person_id, at[one.guest_at], _GROUPS_SINCE, now, None)
        if one.frail:
            exemptions.exempt(session, person_id, ExemptionReason.FRAIL, _FRAIL_SINCE, None, now, None)
        if one.group:
            groups.join(session, made[one.group - 1], person_id, _GROUPS_SINCE, now, None)


def _nodes(session: Session, now: datetime) -> Mapping[str, Node]:
    root = organisation_queries.root_node(session)
    details = organisation.NodeDetails(county.NAME, county.SHORT_NAME, NodeKind.COMMITTEE, county.COUNTY)
    organisation.change_details(session, root, details, now, None)
    at = {county.COUNTY: root}
    for node in county.nodes():
        details = organisation.NodeDetails(node.name, kind=node.kind, code=node.code)
        at[node.code] = organisation.add_node(session, at[node.above], details, now, None)
    return at
