"""Coming in: a code from paper is typed, or a branch is asked to take somebody in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import attempts
from library.access.coming_in import codes, joining, queries, starting
from library.access.coming_in.tables import JoinState
from library.access.rules import Counted
from library.core.clock import local_day
from library.core.errors import Invalid, NotFound, WeikeError
from library.organisation import queries as organisation
from library.people import queries as people
from server.slices.access.door import Door, DoorDep
from server.slices.access.start_contexts import AskedPage, JoinPage, StartPage
from server.web.deps import ClockDep, PagesDep, Reading, WhoDep
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineForm, WordForm
from server.web.pages import reason
from server.web.parts import Context
from server.web.who import Who

router = APIRouter(include_in_schema=False)


@router.get("/start")
def start_page(request: Request, session: Reading, who: WhoDep, pages: PagesDep) -> Response:
    """Where a code from paper is typed."""
    return pages.respond(request, who, StartPage(frame=pages.frame(request, session, who)))


@router.post("/start")
async def start(request: Request, who: WhoDep, door: DoorDep, code: WordForm = "") -> Response:
    """Lead from a code to where its person goes on; wrong ones cost the guesser time."""
    read = codes.read(code)
    try:
        marks = await door.counted(Counted.CODE)

        def look(session: Session) -> str:
            try:
                to = f"/welcome/{starting.open_by_code(session, read, door.clock())}"
            except NotFound:
                queries.node_of_code(session, read, local_day(door.clock()))
                to = f"/join/{read}"
            attempts.take_back(session, marks)
            return to

        return door.pages.redirect(await door.write(look))
    except WeikeError as error:
        refused = NotFound("code_unknown") if isinstance(error, NotFound) else error

        def page(session: Session) -> Context:
            frame = door.pages.frame(request, session, who)
            return StartPage(frame=frame, code=code, problem=reason(refused))

        return await _again(request, who, door, page, refused)


async def _again(
    request: Request, who: Who, door: Door, page: Callable[[Session], Context], error: WeikeError
) -> Response:
    """Return a form with what was typed and why it was not taken."""
    answer = await door.read(
        lambda session: door.pages.respond(request, who, page(session), status_of(error))
    )
    answer.headers.update(headers_of(error))
    return answer


@router.get("/join/{code}")
def join_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, clock: ClockDep, code: str
) -> Response:
    """Ask to be taken into the branch whose code this is."""
    read = codes.read(code)
    node = queries.node_of_code(session, read, local_day(clock()))
    context = JoinPage(frame=pages.frame(request, session, who), code=read, branch=node.name)
    return pages.respond(request, who, context)


@router.post("/join/{code}")
async def join(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    code: str,
    name: LineForm = "",
    username: LineForm = "",
    password: LineForm = "",
    again: LineForm = "",
) -> Response:
    """Ask; whether an account of this name exists shows nowhere."""
    read = codes.read(code)

    def branch(session: Session) -> str:
        return queries.node_of_code(session, read, local_day(door.clock())).name

    await door.read(branch)  # before anything is counted or hashed
    try:
        if password != again:
            raise Invalid("passwords_differ", field="again")
        joining.check_asking(name, username, password)
        await door.counted(Counted.JOIN)
        hashed = await door.hashed(password)
        receipt = await door.write(
            lambda session: joining.ask(session, read, name, username, hashed, door.clock())
        )
    except NotFound:
        raise
    except WeikeError as error:
        refused = error

        def page(session: Session) -> Context:
            frame = door.pages.frame(request, session, who)
            empty = JoinPage(frame=frame, code=read, branch=branch(session))
            return replace(empty, name=name, username=username, problem=reason(refused))

        return await _again(request, who, door, page, refused)
    return door.pages.redirect(f"/welcome/asked/{receipt}")


@router.get("/welcome/asked/{receipt}")
def asked(request: Request, session: Reading, who: WhoDep, pages: PagesDep, receipt: str) -> Response:
    """What became of asking; the address is known to whoever asked."""
    found = queries.request_of(session, receipt)
    node = organisation.node(session, found.node_id)
    if found.state is JoinState.APPROVED and found.person_id is not None:
        username = people.person(session, found.person_id).username
    else:
        username = found.username
    context = AskedPage(
        frame=pages.frame(request, session, who),
        state=found.state,
        branch=queries.taken_over_by(session, node).name,
        name=found.name,
        username=username,
    )
    return pages.respond(request, who, context)
